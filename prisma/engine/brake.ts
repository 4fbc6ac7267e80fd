import type { Sql } from '../scope.ts'
import { isFree, isUnapproved, type WorkRow } from './work.ts'

/** Numbers of records by their kind. */
export type ByKind = ReadonlyMap<string, number>

/** How much a connection has, and how much of it has changed without anybody's approval. */
export interface Touched {
  /** Records that the platform has. */
  readonly linked: ByKind
  /** Of these, the ones that wait with changes that nobody has looked at as a whole. */
  readonly waiting: ByKind
  /** Of those, the ones that cannot be decided yet: they are due later, or a write of theirs is under way. */
  readonly undecidable: ByKind
  /** A changed filter has put records on the work list that nobody has approved. */
  readonly filtered: boolean
  /** The last change that this look has seen; null: there is none that is not approved. */
  readonly upTo: string | null
}

/** Whether the platform has what a link is of: a contact or an object that was sent, a sheet that it shows. */
const isThere = `(state->'sent' NOT IN ('{}', 'null') OR jsonb_typeof(state->'sheet'->'platform'->'shown') = 'object')`

/** BY-04: counts what waits; nothing where that is too little to be asked about. Under the connection's lock: no filter changes meanwhile. */
export async function countTouched(sql: Sql, connectionId: string, atLeast: number): Promise<Touched> {
  const { rows: few } = await sql.query<{ waiting: number; filtered: boolean; seq: string | null }>(
    `SELECT (SELECT count(*)::int FROM (${waitingRows} LIMIT $2) AS few) AS waiting,
       EXISTS (SELECT FROM pending WHERE connection_id = $1 AND reason = 'filtered') AS filtered,
       (SELECT i.seq FROM identity_cursor i JOIN connection c ON c.tenant_id = i.tenant_id WHERE c.id = $1 AND i.seq > c.approved_seq) AS seq`,
    [connectionId, atLeast],
  )
  const { waiting = 0, filtered = false, seq: upTo = null } = few[0] ?? {}
  const none: ByKind = new Map()
  if (waiting < atLeast) return { linked: none, waiting: none, undecidable: none, filtered, upTo }
  const { rows } = await sql.query<KindRow & { undecidable: number }>(
    `SELECT kind, count(*)::int AS number, count(*) FILTER (WHERE NOT decidable)::int AS undecidable
     FROM (${waitingRows}) AS waiting GROUP BY kind`,
    [connectionId],
  )
  const linked = await countLinked(sql, connectionId)
  const undecidable = byKind(rows.map(({ kind, undecidable: number }) => ({ kind, number })))
  return { linked, waiting: byKind(rows), undecidable, filtered, upTo }
}

/** How many records the platform has. */
export async function countLinked(sql: Sql, connectionId: string): Promise<ByKind> {
  const { rows } = await sql.query<KindRow>(
    `SELECT kind, count(*)::int AS number FROM link WHERE connection_id = $1 AND status = 'active' AND ${isThere} GROUP BY kind`,
    [connectionId],
  )
  return byKind(rows)
}

interface KindRow {
  readonly kind: string
  readonly number: number
}
const byKind = (rows: readonly KindRow[]): ByKind => new Map(rows.map(({ kind, number }) => [kind, number]))

const waitingRows = `
  SELECT p.kind, p.not_before <= now() AND ${isFree} AS decidable FROM pending p
  JOIN link l ON l.connection_id = p.connection_id AND l.source_id = p.source_id AND l.kind = p.kind AND l.key = p.key
  WHERE p.connection_id = $1 AND ${isThere} AND ${isUnapproved}`

/** What has been looked at as a whole needs no second look; what has come since then does, before anything of it is done. */
export async function approveUpTo(sql: Sql, connectionId: string, upTo: string | null): Promise<void> {
  if (upTo === null) return
  await sql.query('UPDATE connection SET approved_seq = $2 WHERE id = $1 AND approved_seq < $2::bigint', [
    connectionId,
    upTo,
  ])
}

/** Lets all through that has been followed. */
export async function approveAll(sql: Sql, connectionId: string): Promise<void> {
  await sql.query(
    `UPDATE connection c SET approved_seq = i.seq FROM identity_cursor i
     WHERE c.id = $1 AND i.tenant_id = c.tenant_id AND c.approved_seq < i.seq`,
    [connectionId],
  )
}

/** Lets through what of these rows a changed filter has put on the work list. */
export async function approveRows(sql: Sql, connectionId: string, looked: readonly WorkRow[]): Promise<void> {
  await sql.query(
    `UPDATE pending p SET reason = 'opened' FROM unnest($2::uuid[], $3::text[], $4::text[], $5::bigint[]) AS t(source_id, kind, key, ticket)
     WHERE p.connection_id = $1 AND p.source_id = t.source_id AND p.kind = t.kind AND p.key = t.key AND p.ticket = t.ticket AND p.reason = 'filtered'`,
    [
      connectionId,
      looked.map((row) => row.sourceId),
      looked.map((row) => row.kind),
      looked.map((row) => row.key),
      looked.map((row) => row.ticket),
    ],
  )
}

/** Lets through what a changed filter has put on the work list: its records have not changed themselves. */
export async function approveFiltered(sql: Sql, connectionId: string): Promise<void> {
  await sql.query(`UPDATE pending SET reason = 'opened' WHERE connection_id = $1 AND reason = 'filtered'`, [
    connectionId,
  ])
}

/** Lets these rows rest, so that the next are taken; for a look that is undone. */
export async function setRowsAside(
  sql: Sql,
  connectionId: string,
  rows: readonly { sourceId: string; kind: string; key: string }[],
): Promise<void> {
  await sql.query(
    `UPDATE pending p SET not_before = 'infinity' FROM unnest($2::uuid[], $3::text[], $4::text[]) AS t(source_id, kind, key)
     WHERE p.connection_id = $1 AND p.source_id = t.source_id AND p.kind = t.kind AND p.key = t.key`,
    [connectionId, rows.map((row) => row.sourceId), rows.map((row) => row.kind), rows.map((row) => row.key)],
  )
}
