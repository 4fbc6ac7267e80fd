import type { Connector } from '@jumpring/connector-kit'
import { changeFeeds } from '@jumpring/connector-kit'
import { openSession } from './client.ts'
import { longest } from './limits.ts'
import { toClientWrite, toFirstWrite, toRestoration } from './mapping.ts'
import { freezeMerge } from './merge.ts'
import { currentToken, parseSecrets, renewSecrets } from './oauth.ts'
import { freezeObject, mostObjects } from './objects.ts'
import { freezeSheet } from './sheets/freeze.ts'
import { readEvent, verifyWebhook } from './webhook.ts'

/** Clientbook, by the API that we assume of it: see docs.md. */
export const clientbook: Connector = {
  platform: 'clientbook',
  identity: 'externalId',
  changeFeeds,
  freezeCreate: (fields, source) => ({
    op: 'create',
    identifiers: [],
    route: `/v1/clients/by-pos-id/${encodeURIComponent(source.edgeKey)}`,
    body: { ...toFirstWrite(fields, source) },
  }),
  freezeUpdate: (fields, identifiers) => ({ op: 'update', identifiers, body: { ...toClientWrite(fields) } }),
  freezeRestore: (restore, written, identifiers, labels) => ({
    op: 'update',
    identifiers,
    body: { ...toRestoration(restore, written, labels) },
  }),
  freezeMerge,
  freezeObject,
  mostObjects,
  freezeSheet,
  longestCustomField: longest.preference,
  openSession,
  verifyWebhook,
  readEvent,
  parseSecrets,
  currentToken,
  renewSecrets,
}
