import type { RecordKind } from '@jumpring/contracts'

/** Whose records are written. */
export interface SourceAt {
  readonly tenantId: string
  readonly sourceId: string
}

/** A line of an upload after it was checked: what is written of it. `n` is its position in the agent's spool. */
export type IngestLine =
  | IngestUpsert
  | IngestReject
  | { readonly n: number; readonly op: 'complete'; readonly kind: RecordKind }

export interface IngestUpsert {
  readonly n: number
  readonly op: 'upsert'
  readonly kind: RecordKind
  readonly key: string
  /** JSON of the kind's schema, on one line. */
  readonly payload: string
  /** SHA-1 of the payload, base64. */
  readonly hash: string
  /** When the agent saw the change, in milliseconds since 1970. */
  readonly at: number
  /** Goes behind live changes. */
  readonly bulk: boolean
}

export interface IngestReject {
  readonly n: number
  readonly op: 'reject'
  /** Who refused it. */
  readonly stage: 'agent' | 'ingest'
  /** The record's key, after its kind where it is no customer, else its place. */
  readonly subject: string
  readonly kind: RecordKind | null
  readonly key: string | null
  readonly code: 'invalid_record' | 'unreadable_file'
  readonly message: string
}
