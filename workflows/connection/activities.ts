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
  /** The platform does not answer at all. */
  readonly outage: boolean
}

export interface ReadResult {
  readonly done: boolean
  readonly waitMs: number
  /** The platform's own mark of where to go on. */
  readonly cursor?: string
}

/** What the connection's workflows have done for them. All of it can be repeated. */
export interface ConnectionActivities {
  runLane(input: ConnectionInput & { lane: 'live' | 'backfill' }): Promise<LaneResult>
  readPlatform(input: ConnectionInput & { cursor?: string }): Promise<ReadResult>
}
