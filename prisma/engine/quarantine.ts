import type { ErrorCode, WorkKind } from '@jumpring/contracts'
import type { Sql } from '../scope.ts'

/**
 * up: towards the platform. down: an event of the platform. edge: a write to The Edge. agent, ingest: what came from the store.
 * unmatch: what a match that was undone leaves for people to do. consent: an opt-out that people have to carry to the platform.
 */
export type Stage = 'agent' | 'ingest' | 'up' | 'down' | 'edge' | 'unmatch' | 'consent'

export interface NewQuarantine {
  readonly stage: Stage
  /** The record (`source/key`), the event, the link, the decision or the place in a file: at most one open entry each. */
  readonly subject: string
  readonly sourceId?: string
  /** Of the record; a customer's unless told otherwise. */
  readonly kind?: WorkKind
  readonly key?: string
  readonly code: ErrorCode
  /** A plain sentence for a person. */
  readonly message: string
}

/** The subject of a record that is no customer. */
export const subjectOf = (work: { sourceId: string; kind: WorkKind; key: string }): string =>
  `${work.sourceId}/${work.kind}/${work.key}`

/** Sets records or events aside with a reason; what is set aside already gets the newest reason. */
export async function quarantine(
  sql: Sql,
  connection: { id: string; tenantId: string },
  entries: readonly NewQuarantine[],
): Promise<void> {
  if (entries.length === 0) return
  await sql.query(
    `INSERT INTO quarantine (tenant_id, connection_id, source_id, stage, subject, kind, key, code, message)
     SELECT $1, $2, t.source_id, t.stage, t.subject, t.kind, t.key, t.code, t.message
     FROM jsonb_to_recordset($3::jsonb) AS t(source_id uuid, stage text, subject text, kind text, key text, code text, message text)
     ON CONFLICT (tenant_id, coalesce(connection_id, source_id), stage, subject) WHERE resolved_at IS NULL
       DO UPDATE SET code = excluded.code, message = excluded.message`,
    [
      connection.tenantId,
      connection.id,
      JSON.stringify(
        entries.map((entry) => ({
          source_id: entry.sourceId ?? null,
          stage: entry.stage,
          subject: entry.subject,
          kind: entry.kind ?? 'customer',
          key: entry.key ?? null,
          code: entry.code,
          message: entry.message,
        })),
      ),
    ],
  )
}

/** Closes what is set aside of these subjects: they have gone through. */
export async function resolveQuarantine(
  sql: Sql,
  connectionId: string,
  stage: Stage,
  subjects: readonly string[],
): Promise<void> {
  if (subjects.length === 0) return
  await sql.query(
    `UPDATE quarantine SET resolved_at = now() WHERE connection_id = $1 AND stage = $2 AND subject = ANY($3) AND resolved_at IS NULL`,
    [connectionId, stage, subjects],
  )
}
