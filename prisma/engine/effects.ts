import { type WorkKind, workKinds } from '@jumpring/contracts'
import { z } from 'zod'
import type { Sql } from '../scope.ts'
import { isUnleased } from './leases.ts'
import type { Lane } from './work.ts'

/** One write to a platform, stored before it is made and repeated to the letter until its outcome is known. */
export interface Effect<Decision> {
  readonly id: string
  readonly sourceId: string
  readonly kind: WorkKind
  readonly key: string
  readonly seq: string
  /** Of the pending row that led to it. */
  readonly ticket: string
  /** The payload; the connector that froze it reads it. */
  readonly frozen: unknown
  readonly decision: Decision
  readonly attempts: number
  readonly changedAt: Date | null
}

/** Effects of a sort: of which kinds of records, and what is kept of their decision. */
export interface EffectSort<Decision> {
  readonly kinds: readonly WorkKind[]
  readonly decision: z.ZodType<Decision>
}

const rowSchema = z.object({
  id: z.uuid(),
  source_id: z.uuid(),
  kind: z.enum(workKinds),
  key: z.string(),
  seq: z.string(),
  ticket: z.string(),
  frozen: z.unknown(),
  fields: z.unknown(),
  attempts: z.int(),
  changed_at: z.date().nullable(),
})

export type NewEffect<Decision> = Omit<Effect<Decision>, 'attempts'>

/**
 * Stores effects before their calls. Left out is a record that has one under way already (the other lane's), or that was put on the
 * work list again, or taken off it, while it was decided: that would be an older write after a newer one.
 */
export async function prepareEffects<Decision>(
  sql: Sql,
  connection: { id: string; tenantId: string },
  lane: Lane,
  effects: readonly NewEffect<Decision>[],
): Promise<Effect<Decision>[]> {
  if (effects.length === 0) return []
  const { rows } = await sql.query<{ id: string }>(
    `INSERT INTO effect (id, tenant_id, connection_id, source_id, kind, key, seq, ticket, lane, frozen, fields, changed_at)
     SELECT t.id, $1, $2, t.source_id, t.kind, t.key, t.seq, t.ticket, $3, t.frozen, t.fields, t.changed_at
     FROM jsonb_to_recordset($4::jsonb) AS t(id uuid, source_id uuid, kind text, key text, seq bigint, ticket bigint, frozen jsonb, fields jsonb, changed_at timestamptz)
     ON CONFLICT (connection_id, source_id, kind, key) WHERE status = 'prepared' DO NOTHING
     RETURNING id`,
    [
      connection.tenantId,
      connection.id,
      lane,
      JSON.stringify(
        effects.map((effect) => ({
          id: effect.id,
          source_id: effect.sourceId,
          kind: effect.kind,
          key: effect.key,
          seq: effect.seq,
          ticket: effect.ticket,
          frozen: effect.frozen,
          fields: effect.decision,
          changed_at: effect.changedAt,
        })),
      ),
    ],
  )
  // Only now that nobody else can have one under way for these records.
  const { rows: late } = await sql.query<{ id: string }>(
    `DELETE FROM effect e WHERE e.id = ANY($1) AND NOT EXISTS (
       SELECT FROM pending p WHERE p.connection_id = e.connection_id AND p.source_id = e.source_id AND p.kind = e.kind AND p.key = e.key AND p.ticket = e.ticket)
     RETURNING e.id`,
    [rows.map((row) => row.id)],
  )
  const stored = new Set(rows.map(({ id }) => id))
  for (const { id } of late) stored.delete(id)
  return effects.flatMap((effect) => (stored.has(effect.id) ? [{ ...effect, attempts: 0 }] : []))
}

/** Whether a write for this record is under way. */
export async function isWriting(
  sql: Sql,
  connectionId: string,
  record: { sourceId: string; key: string },
): Promise<boolean> {
  const { rowCount } = await sql.query(
    `SELECT FROM effect WHERE connection_id = $1 AND source_id = $2 AND kind = 'customer' AND key = $3 AND status = 'prepared'`,
    [connectionId, record.sourceId, record.key],
  )
  return rowCount !== null && rowCount > 0
}

export type UnreadableEffect = Pick<Effect<unknown>, 'id' | 'sourceId' | 'kind' | 'key' | 'ticket'>

/**
 * Effects of a lane whose outcome is not known and that nobody is at: the calls of a run that was cut off, or that the platform did
 * not answer.
 * `unreadable` are those that are stored in a form that this version does not read.
 */
export async function unfinishedEffects<Decision>(
  sql: Sql,
  connectionId: string,
  lane: Lane,
  { kinds, decision }: EffectSort<Decision>,
  limit: number,
): Promise<{ effects: Effect<Decision>[]; unreadable: UnreadableEffect[] }> {
  const { rows } = await sql.query(
    `SELECT * FROM effect WHERE connection_id = $1 AND status = 'prepared' AND lane = $2 AND kind = ANY($4) AND not_before <= now() AND ${isUnleased}
     ORDER BY created_at LIMIT $3`,
    [connectionId, lane, limit, kinds],
  )
  const effects: Effect<Decision>[] = []
  const unreadable: UnreadableEffect[] = []
  for (const row of rows) {
    const { id, source_id: sourceId, kind, key, ticket, ...effect } = rowSchema.parse(row)
    const decided = decision.safeParse(effect.fields)
    const { seq, frozen, attempts, changed_at: changedAt } = effect
    const common = { id, sourceId, kind, key, ticket }
    if (decided.success) effects.push({ ...common, seq, frozen, decision: decided.data, attempts, changedAt })
    else unreadable.push(common)
  }
  return { effects, unreadable }
}

/** Notes outcomes. */
export async function finishEffects(
  sql: Sql,
  outcomes: readonly { id: string; status: 'done' | 'failed'; errorCode?: string }[],
): Promise<void> {
  if (outcomes.length === 0) return
  await sql.query(
    `UPDATE effect e SET status = t.status, error_code = t.error_code, done_at = now(), attempts = attempts + 1
     FROM unnest($1::uuid[], $2::text[], $3::text[]) AS t(id, status, error_code)
     WHERE e.id = t.id AND e.status = 'prepared'`,
    [outcomes.map((o) => o.id), outcomes.map((o) => o.status), outcomes.map((o) => o.errorCode ?? null)],
  )
}

/** Leaves effects to be repeated later. `counts`: whether this try counts against the record. */
export async function postponeEffects(
  sql: Sql,
  effects: readonly { id: string; seconds: number; counts: boolean }[],
): Promise<void> {
  if (effects.length === 0) return
  await sql.query(
    `UPDATE effect e SET not_before = now() + make_interval(secs => t.seconds), lease = NULL, leased_until = NULL, attempts = attempts + t.counts
     FROM unnest($1::uuid[], $2::float8[], $3::int[]) AS t(id, seconds, counts) WHERE e.id = t.id`,
    [effects.map((e) => e.id), effects.map((e) => e.seconds), effects.map((e) => (e.counts ? 1 : 0))],
  )
}
