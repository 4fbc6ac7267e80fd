import type { ChangeFeed, Connector } from '@jumpring/connector-kit'
import { looksAt, openStreams, type Stream } from '@jumpring/contracts'
import type { Database, Keyring, Precedence } from '@jumpring/db'
import type { Connection } from '@jumpring/db/engine'
import type { Observation, SheetKind } from '@jumpring/sync'
import type { Logger } from 'pino'

/** What the worker's activities share. */
export interface Deps {
  readonly db: Database
  readonly keyring: Keyring
  readonly publicUrl: string
  /** How long a platform may take to answer one call. */
  readonly platformPatienceMs: number
  /** Gets ids, kinds and places of what went wrong; never a record. */
  readonly log: Logger
  readonly precedence: Precedence
}

/** A connection while it is worked on. */
export interface At {
  readonly deps: Deps
  readonly connection: Connection
  readonly connector: Connector
  /** What later messages that are here already say of a contact's acquisition, by its uid; the last of each. */
  readonly acquisitions?: ReadonlyMap<string, string>
  /** Nothing of what is done remains, so nobody has to be kept out. */
  readonly rehearsal?: true
}

/** The contact shows another number than the customer's, which is The Edge's alone. */
export function isAstray({ connector }: At, contact: Observation, key: string | null): boolean {
  return connector.identity === 'externalId' && contact.externalId !== undefined && contact.externalId !== key
}

/** PD-02: without an active license nothing runs, as if a person had paused it. */
export function isRunning({ status, tier }: Connection): boolean {
  return status === 'active' && tier !== null
}

/** Whether changes of a sheet on the platform come down: in mode A, where its stream is open. */
export function bringsSheetsDown({ connection, connector }: At, kind: SheetKind): boolean {
  const { platform, tier, settings } = connection
  const isFed = connector.changeFeeds.some((feed) => feed === kind)
  return isFed && settings.mode === 'A' && looksAt(kind, openStreams(platform, tier, settings.streams))
}

/** The same of what a platform can be asked for beside its contacts. */
export function bringsFeedDown(at: At, feed: ChangeFeed): boolean {
  if (feed !== 'message') return bringsSheetsDown(at, feed)
  const { platform, tier, settings } = at.connection
  return openStreams(platform, tier, settings.streams).has('messages')
}

/**
 * PD-03, PD-04, CO-12: whether what a stream shows on the platform comes down. Opt-outs always do; methods only with the customers
 * whose they are, as on the way up.
 */
export function bringsDown({ connection }: At, stream: Extract<Stream, 'customers' | 'contactMethods'>): boolean {
  const { platform, tier, settings } = connection
  const open = openStreams(platform, tier, settings.streams)
  return settings.mode === 'A' && open.has('customers') && open.has(stream)
}
