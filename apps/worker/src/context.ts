import type { Connector } from '@jumpring/connector-kit'
import { openStreams, type Stream } from '@jumpring/contracts'
import type { Database, Keyring } from '@jumpring/db'
import type { Connection } from '@jumpring/db/engine'
import type { Logger } from 'pino'

/** What the worker's activities share. */
export interface Deps {
  readonly db: Database
  readonly keyring: Keyring
  readonly publicUrl: string
  /** Gets ids, kinds and places of what went wrong; never a record. */
  readonly log: Logger
}

/** A connection while it is worked on. */
export interface At {
  readonly deps: Deps
  readonly connection: Connection
  readonly connector: Connector
}

/** PD-02: without an active license nothing runs, as if a person had paused it. */
export function isRunning({ status, tier }: Connection): boolean {
  return status === 'active' && tier !== null
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
