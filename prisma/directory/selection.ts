import { JumpringError } from '@jumpring/contracts'
import type { Database, Sql } from '../scope.ts'
import { type ConnectionAt, lockConnection } from './connections.ts'
import { type CustomerFilter, findCustomers } from './customers.ts'
import { inTenantPastDeadlocks } from './deadlock.ts'
import type { CustomerRef, Decider } from './duplicate-decisions.ts'
import { priority } from './worklist.ts'

/** Whom a person means: these customers, or all whom a filter finds now. */
export type Chosen = { readonly customers: readonly CustomerRef[] } | { readonly filter: CustomerFilter }

/** What a selection has changed. */
export interface SelectionChange {
  /** How many are selected now who were not, or the other way round. */
  readonly changed: number
  /** Of those who were to be deselected: how many stay selected by the mark that they have in The Edge. */
  readonly marked: number
}

/** So many are looked at as live changes are; more of them behind those. */
const mostLive = 100

/**
 * CB-01: these are synchronized from now on, and what happened to them meanwhile is caught up.
 * @throws `not_found` where one is not there
 */
export function selectCustomers(db: Database, at: ConnectionAt, chosen: Chosen, by: Decider): Promise<SelectionChange> {
  return inTenantPastDeadlocks(db, at.tenantId, async (sql) => {
    const customers = await chosenOf(sql, at, chosen)
    const changed = await say(sql, at, customers, true, by)
    await wakeWaitingFor(sql, at, changed)
    await lookAt(sql, at, changed)
    return { changed: changed.length, marked: 0 }
  })
}

/**
 * CB-01: these are not synchronized any more, either way; nothing is deleted. Whoever is marked in The Edge still is.
 * @throws `not_found` where one is not there
 */
export function deselectCustomers(
  db: Database,
  at: ConnectionAt,
  chosen: Chosen,
  by: Decider,
): Promise<SelectionChange> {
  return inTenantPastDeadlocks(db, at.tenantId, async (sql) => {
    const said = await say(sql, at, await chosenOf(sql, at, chosen), false, by)
    const { rows } = await sql.query<{ marked: number }>(
      `SELECT count(*)::int AS marked FROM unnest($3::uuid[], $4::text[]) AS t(source_id, key)
       WHERE selected_by($1, $2, t.source_id, t.key) = 'mark'`,
      [at.connectionId, at.tenantId, said.map(({ sourceId }) => sourceId), said.map(({ key }) => key)],
    )
    const marked = rows[0]?.marked ?? 0
    // Whoever stood back behind one of them may go up now.
    await lookAt(sql, at, said)
    return { changed: said.length - marked, marked }
  })
}

async function chosenOf(sql: Sql, at: ConnectionAt, chosen: Chosen): Promise<readonly CustomerRef[]> {
  await lockConnection(sql, at)
  if ('filter' in chosen) return findCustomers(sql, at, chosen.filter)
  const { customers } = chosen
  const { rowCount } = await sql.query(
    `SELECT FROM (SELECT DISTINCT source_id, key FROM unnest($2::uuid[], $3::text[]) AS t(source_id, key)) AS t
     WHERE NOT EXISTS (SELECT FROM record r WHERE r.tenant_id = $1 AND r.source_id = t.source_id AND r.kind = 'customer' AND r.key = t.key)`,
    [at.tenantId, customers.map(({ sourceId }) => sourceId), customers.map(({ key }) => key)],
  )
  if (rowCount) throw new JumpringError('not_found', `${rowCount} of these customers are not there; nothing was done.`)
  return customers
}

/** Writes down what a person says. Gives those of whom it makes a difference, but for a mark in The Edge. */
async function say(
  sql: Sql,
  at: ConnectionAt,
  customers: readonly CustomerRef[],
  selected: boolean,
  by: Decider,
): Promise<CustomerRef[]> {
  const { rows } = await sql.query<{ source_id: string; key: string }>(
    `INSERT INTO selection (tenant_id, connection_id, source_id, key, selected, by, by_role)
     SELECT DISTINCT $1::uuid, $2::uuid, t.source_id, t.key, $5::boolean, $6::uuid, $7 FROM unnest($3::uuid[], $4::text[]) AS t(source_id, key)
     WHERE (selected_by($2, $1, t.source_id, t.key) IS NOT NULL) <> $5
     ON CONFLICT (connection_id, source_id, key) DO UPDATE SET
       selected = excluded.selected, by = excluded.by, by_role = excluded.by_role, at = now()
     RETURNING source_id, key`,
    [
      at.tenantId,
      at.connectionId,
      customers.map(({ sourceId }) => sourceId),
      customers.map(({ key }) => key),
      selected,
      by.id,
      by.role,
    ],
  )
  return rows.map((row) => ({ sourceId: row.source_id, key: row.key }))
}

/** What is theirs and waits goes on. */
async function wakeWaitingFor(sql: Sql, at: ConnectionAt, customers: readonly CustomerRef[]): Promise<void> {
  await sql.query(
    `UPDATE pending p SET not_before = now(), waits_for = NULL FROM unnest($2::uuid[], $3::text[]) AS t(source_id, key)
     WHERE p.connection_id = $1 AND p.source_id = t.source_id AND p.waits_for = t.key`,
    [at.connectionId, customers.map(({ sourceId }) => sourceId), customers.map(({ key }) => key)],
  )
  await sql.query(
    `UPDATE inbox i SET status = 'new', not_before = now(), waits_for = NULL
     FROM unnest($2::uuid[], $3::text[]) AS t(source_id, key)
     JOIN link l ON l.connection_id = $1 AND l.kind = 'customer' AND l.source_id = t.source_id AND l.key = t.key
     WHERE i.connection_id = $1 AND i.status = 'waiting' AND i.waits_for = l.uid`,
    [at.connectionId, customers.map(({ sourceId }) => sourceId), customers.map(({ key }) => key)],
  )
}

/** Puts customers on the connection's work list, and everyone who shares a phone or an e-mail with one. */
async function lookAt(sql: Sql, at: ConnectionAt, customers: readonly CustomerRef[]): Promise<void> {
  await sql.query(
    `INSERT INTO pending (connection_id, source_id, kind, key, tenant_id, seq, priority, reason)
     SELECT $2, r.source_id, r.kind, r.key, r.tenant_id, r.seq, $5, 'selected'
     FROM (
       SELECT source_id, key FROM unnest($3::uuid[], $4::text[]) AS t(source_id, key)
       UNION SELECT other.source_id, other.key FROM unnest($3::uuid[], $4::text[]) AS t(source_id, key)
       JOIN identity mine ON mine.tenant_id = $1 AND mine.source_id = t.source_id AND mine.key = t.key AND mine.type IN ('phone', 'email')
       JOIN identity other ON other.tenant_id = $1 AND other.type = mine.type AND other.value = mine.value
     ) AS affected
     JOIN record r ON r.tenant_id = $1 AND r.source_id = affected.source_id AND r.kind = 'customer' AND r.key = affected.key
     ORDER BY r.source_id, r.key
     ON CONFLICT (connection_id, source_id, kind, key) DO UPDATE SET
       ticket = excluded.ticket, not_before = now(), attempts = 0, priority = least(pending.priority, excluded.priority)`,
    [
      at.tenantId,
      at.connectionId,
      customers.map(({ sourceId }) => sourceId),
      customers.map(({ key }) => key),
      customers.length > mostLive ? priority.backfill : priority.live,
    ],
  )
}
