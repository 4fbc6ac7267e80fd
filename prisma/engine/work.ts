import { type Customer, recordKindOf, type WorkKind } from '@jumpring/contracts'
import { z } from 'zod'
import { livePriority } from '../directory/worklist.ts'
import type { Sql } from '../scope.ts'
import { isUnleased } from './leases.ts'
import { type Link, linkColumns, linkOf } from './links.ts'
import { storedCustomerSchema } from './records.ts'

/** Live changes and a bulk of records have lanes of their own. */
export type Lane = 'live' | 'backfill'

/**
 * Pending rows by lane. Priorities: 0 text messages, 1 live, 2 backfill. The live ones have an index in their order; a bulk goes in the
 * order of its keys, so that a first load has no second index to fill.
 */
export const lanes = {
  live: { rows: 'p.priority < 2', order: 'p.priority, p.not_before, p.seq' },
  backfill: { rows: 'p.priority = 2', order: 'p.source_id, p.kind, p.key' },
} as const

/** What waits for a customer's contact is due at no time (object-work.ts). */
export const isDueSometime = `not_before < 'infinity'`

/** A record whose effect is under way is not looked at before that is over. Of a pending row `p`. */
export const isFree = `NOT EXISTS (SELECT FROM effect e WHERE e.connection_id = p.connection_id AND e.source_id = p.source_id AND e.kind = p.kind AND e.key = p.key AND e.status = 'prepared')`

/** A record that came after the journal was last followed waits for the next page. Of a pending row `p` of connection `$1`. */
const isFollowed =
  'p.seq <= (SELECT i.seq FROM identity_cursor i JOIN connection c ON c.tenant_id = i.tenant_id WHERE c.id = $1)'

/** BY-04: nobody has looked yet at how much changes with it, or a changed filter has put it on the list. Of a pending row `p` of connection `$1`. */
export const isUnapproved = `(p.reason = 'filtered' OR p.seq > (SELECT approved_seq FROM connection WHERE id = $1)) AND ${isFollowed}`

/** What may be taken: `approved` to do it, `unapproved` to find out how much it is. Of a pending row `p` of connection `$1`. */
export const clearance = {
  approved: `p.reason <> 'filtered' AND p.seq <= (SELECT approved_seq FROM connection WHERE id = $1) AND ${isFollowed}`,
  unapproved: isUnapproved,
} as const
export type Clearance = keyof typeof clearance

/** When the agent saw the change that waits; null where none does (a replay, a resync, a snapshot). Of a pending row `p` and its record `r`. */
export const changeSeen = "CASE WHEN p.reason = 'changed' THEN r.changed_at END"

/** A record that a connection has still to look at, with all that deciding needs. */
export interface WorkItem {
  readonly sourceId: string
  readonly kind: 'customer'
  readonly key: string
  readonly seq: string
  /** The row goes only with this one: whatever puts the record on the list again draws another, whether the record changed or not. */
  readonly ticket: string
  readonly reason: string
  readonly attempts: number
  readonly customer: Customer
  /** Of the change that waits (changeSeen). */
  readonly changedAt: Date | null
  readonly link: Link | null
}

const itemSchema = z.object({
  source_id: z.string(),
  key: z.string(),
  pending_seq: z.string(),
  ticket: z.string(),
  reason: z.string(),
  attempts: z.int(),
  payload: storedCustomerSchema,
  changed_at: z.date().nullable(),
})

/** A row of the work list. */
export interface WorkRow {
  readonly sourceId: string
  readonly kind: WorkKind
  readonly key: string
  readonly ticket: string
}
const rowSchema = z.object({ source_id: z.string(), key: z.string(), ticket: z.string() })

/**
 * The next page of a lane's work that is due and of which no effect is under way. A record that came after the identity index was
 * last brought up to date waits for the next page: nobody could tell yet with whom it shares a phone or an e-mail.
 * `unreadable` are rows whose record or link is stored in a form that this version does not read.
 */
export async function takeWork(
  sql: Sql,
  connectionId: string,
  lane: Lane,
  limit: number,
  cleared: Clearance = 'approved',
): Promise<{ items: WorkItem[]; unreadable: WorkRow[] }> {
  const { rows } = await sql.query(
    `SELECT p.source_id, p.key, p.seq AS pending_seq, p.ticket, p.reason, p.attempts, r.payload,
       ${changeSeen} AS changed_at, ${linkColumns('l')}
     FROM pending p
     JOIN record r ON r.tenant_id = p.tenant_id AND r.source_id = p.source_id AND r.kind = p.kind AND r.key = p.key
     LEFT JOIN link l ON l.connection_id = p.connection_id AND l.source_id = p.source_id AND l.kind = p.kind AND l.key = p.key
     WHERE p.connection_id = $1 AND p.kind = 'customer' AND ${lanes[lane].rows} AND p.not_before <= now()
       AND ${clearance[cleared]} AND ${isFree}
     ORDER BY ${lanes[lane].order} LIMIT $2`,
    [connectionId, limit],
  )
  const items: WorkItem[] = []
  const unreadable: WorkRow[] = []
  for (const row of rows) {
    const { data: item } = itemSchema.safeParse(row)
    const link = readLink(row)
    if (!item || link === undefined) {
      const { source_id, key, ticket } = rowSchema.parse(row)
      unreadable.push({ sourceId: source_id, kind: 'customer', key, ticket })
      continue
    }
    items.push({
      sourceId: item.source_id,
      kind: 'customer',
      key: item.key,
      seq: item.pending_seq,
      ticket: item.ticket,
      reason: item.reason,
      attempts: item.attempts,
      customer: item.payload,
      changedAt: item.changed_at,
      link,
    })
  }
  return { items, unreadable }
}

/** Null: there is none. Undefined: it cannot be read. */
function readLink(row: object): Link | null | undefined {
  try {
    return linkOf(row)
  } catch (error) {
    if (error instanceof z.ZodError) return undefined
    throw error
  }
}

/** Takes rows off the work list, each only if the record was not put there again meanwhile. */
export async function finishWork(sql: Sql, connectionId: string, items: readonly WorkRow[]): Promise<void> {
  if (items.length === 0) return
  await sql.query(
    // Row by row by the primary key: just after a bulk has come the planner takes the connection's rows for few, and would read them all.
    `DELETE FROM pending WHERE ctid = ANY(ARRAY(
       SELECT row.ctid FROM unnest($2::uuid[], $3::text[], $4::text[], $5::bigint[]) AS t(source_id, kind, key, ticket), LATERAL (
         SELECT p.ctid FROM pending p
         WHERE p.connection_id = $1 AND p.source_id = t.source_id AND p.kind = t.kind AND p.key = t.key AND p.ticket = t.ticket OFFSET 0) AS row))`,
    [
      connectionId,
      items.map((i) => i.sourceId),
      items.map((i) => i.kind),
      items.map((i) => i.key),
      items.map((i) => i.ticket),
    ],
  )
}

/**
 * Leaves a row on the work list for later, each time a second longer.
 * @returns how often it has been left by now; 0 when the row is gone
 */
export async function postponeWork(
  sql: Sql,
  connectionId: string,
  item: { sourceId: string; kind: WorkKind; key: string },
): Promise<number> {
  const { rows } = await sql.query<{ attempts: number }>(
    `UPDATE pending SET attempts = attempts + 1, not_before = now() + make_interval(secs => attempts + 1)
     WHERE connection_id = $1 AND source_id = $2 AND kind = $3 AND key = $4 RETURNING attempts`,
    [connectionId, item.sourceId, item.kind, item.key],
  )
  return rows[0]?.attempts ?? 0
}

/** Puts one record on the work list (again), now or later. A row that is there keeps its better priority. */
export async function putWork(
  sql: Sql,
  work: {
    connectionId: string
    sourceId: string
    kind?: WorkKind
    key: string
    reason: string
    afterMs?: number
  },
): Promise<void> {
  const kind = work.kind ?? 'customer'
  await sql.query(
    `INSERT INTO pending (connection_id, source_id, kind, key, tenant_id, seq, priority, reason, not_before)
     SELECT $1, r.source_id, $3, r.key, r.tenant_id, r.seq, $6, $5, now() + make_interval(secs => $7)
     FROM record r WHERE r.source_id = $2 AND r.kind = $8 AND r.key = $4
     ON CONFLICT (connection_id, source_id, kind, key) DO UPDATE SET
       ticket = excluded.ticket, seq = excluded.seq, priority = least(pending.priority, excluded.priority), not_before = excluded.not_before`,
    [
      work.connectionId,
      work.sourceId,
      kind,
      work.key,
      work.reason,
      livePriority(kind),
      (work.afterMs ?? 0) / 1000,
      recordKindOf(kind),
    ],
  )
}

/**
 * What a connection has still to do, and when the next of the lane's own is due. `unread`: what the platform
 * showed before it was read whole (CO-01) is not looked at yet.
 */
export async function outlook(
  sql: Sql,
  connectionId: string,
  lane: Lane,
): Promise<{ live: boolean; backfill: boolean; unread: boolean; inboxDue: boolean; nextDueMs: number | null }> {
  const { rows } = await sql.query<Outlook>(
    `SELECT
       EXISTS (SELECT FROM pending p WHERE p.connection_id = $1 AND p.priority < 2 AND p.not_before <= now() AND ${isFree})
         OR EXISTS (SELECT FROM effect WHERE connection_id = $1 AND status = 'prepared' AND lane = 'live' AND not_before <= now() AND ${isUnleased}) AS live,
       EXISTS (SELECT FROM pending WHERE connection_id = $1 AND priority = 2 AND ${isDueSometime})
         OR EXISTS (SELECT FROM effect WHERE connection_id = $1 AND status = 'prepared' AND lane = 'backfill') AS backfill,
       EXISTS (SELECT FROM inbox i JOIN connection c ON c.id = i.connection_id
         WHERE i.connection_id = $1 AND i.status = 'new' AND i.received_at <= c.platform_read_at) AS unread,
       EXISTS (SELECT FROM inbox WHERE connection_id = $1 AND status = 'new' AND not_before <= now()) AS inbox_due,
       CASE WHEN EXISTS (SELECT FROM pending p WHERE p.connection_id = $1 AND ${lanes[lane].rows} AND p.not_before <= now() AND ${isFree}) THEN 0 ELSE
         (SELECT extract(epoch FROM min(due) - now()) * 1000 FROM (
           SELECT min(not_before) AS due FROM pending p WHERE p.connection_id = $1 AND ${lanes[lane].rows} AND ${isDueSometime} AND ${isFree}
           UNION ALL SELECT min(greatest(not_before, leased_until)) FROM effect WHERE connection_id = $1 AND status = 'prepared' AND lane = $2
           UNION ALL SELECT min(not_before) FROM inbox WHERE connection_id = $1 AND status = 'new' AND not_before > now() AND $2 = 'live') AS times) END AS next_due`,
    [connectionId, lane],
  )
  const row = rows[0]
  if (!row) throw new Error('The outlook query gave no row.')
  return {
    live: row.live,
    backfill: row.backfill,
    unread: row.unread,
    inboxDue: row.inbox_due,
    nextDueMs: row.next_due === null ? null : Math.max(0, Math.ceil(Number(row.next_due))),
  }
}

interface Outlook {
  live: boolean
  backfill: boolean
  unread: boolean
  inbox_due: boolean
  next_due: string | null
}
