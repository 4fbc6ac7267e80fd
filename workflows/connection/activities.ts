import type { ConnectionInput } from '../doorbell.ts'

/** What one pass of a lane left. */
export interface LaneResult {
  readonly state: 'active' | 'paused' | 'gone'
  /** There is more that is due at once. */
  readonly more: boolean
  /** A bulk of records waits and may be uploaded now. */
  readonly backfill: boolean
  /** The platform should be asked for its changes. */
  readonly readPlatform: boolean
  /** When something falls due by itself, in milliseconds; null: never. */
  readonly waitMs: number | null
}

/** Where a reading of the platform stands. */
export interface ReadMark {
  /** Which reading it is; it counts until the platform is to be asked anew. */
  readonly reading: number
  /** What is read beside the contacts (the connector's feeds), which come first; absent: the contacts. */
  readonly feed?: string
  /** The platform's own mark of where to go on. */
  readonly cursor?: string
  /** Since when changes are asked for, the same for all pages; absent: everything. UTC. */
  readonly since?: string
  /** The greatest change stamp so far; it counts once the last page has been read. UTC. */
  readonly watermark?: string
}

export interface ReadResult {
  readonly done: boolean
  readonly waitMs: number
  /** Where to go on; absent when it is done, or before its first page. */
  readonly at?: ReadMark
}

/** What the connection's workflows have done for them. All of it can be repeated. */
export interface ConnectionActivities {
  runLane(input: ConnectionInput & { lane: 'live' | 'backfill' }): Promise<LaneResult>
  readPlatform(input: ConnectionInput & { at?: ReadMark }): Promise<ReadResult>
}
