import type { Connector } from '@jumpring/connector-kit'
import type { Sink } from '@jumpring/contracts'
import { openSession } from './client.ts'
import { attributesOf, toBody, toCreateBody } from './mapping.ts'
import { currentToken, parseSecrets, renewSecrets } from './oauth.ts'
import { dataFeed } from './sinks/data-feed.ts'
import { partnerApi } from './sinks/partner-api.ts'
import { mostObjects, type ObjectSink } from './sinks/sink.ts'
import { readEvent, verifyWebhook } from './webhook.ts'

const sinks = { dataFeed, partnerApi } as const satisfies Record<Sink, ObjectSink>

/** Podium, by its public API, version 4. What is documented and what we assume: see docs.md. */
export const podium: Connector = {
  platform: 'podium',
  identity: 'methods',
  changeFeeds: [],
  freezeCreate: (fields, source) => ({ op: 'create', identifiers: [], body: { ...toCreateBody(fields, source) } }),
  freezeUpdate: (fields, identifiers, acquisitionField = null) => ({
    op: 'update',
    identifiers,
    body: { ...toBody(fields) },
    attributes: attributesOf(fields, acquisitionField),
  }),
  freezeObject: (write, settings) => sinks[settings.sink].freeze(write, settings),
  mostObjects,
  openSession,
  verifyWebhook,
  readEvent,
  parseSecrets,
  currentToken,
  renewSecrets,
}
