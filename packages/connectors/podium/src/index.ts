import type { Connector } from '@jumpring/connector-kit'
import { openSession } from './client.ts'
import { toBody, toCreateBody } from './mapping.ts'
import { currentToken, parseSecrets, renewSecrets } from './oauth.ts'
import { readEvent, verifyWebhook } from './webhook.ts'

/** Podium, by its public API, version 4. What is documented and what we assume: see docs.md. */
export const podium: Connector = {
  platform: 'podium',
  freezeCreate: (fields, source) => ({ op: 'create', identifiers: [], body: { ...toCreateBody(fields, source) } }),
  freezeUpdate: (fields, identifiers) => ({ op: 'update', identifiers, body: { ...toBody(fields) } }),
  openSession,
  verifyWebhook,
  readEvent,
  parseSecrets,
  currentToken,
  renewSecrets,
}
