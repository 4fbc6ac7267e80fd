import { JumpringError } from '@jumpring/contracts'
import { personsOf, unlinked } from '@jumpring/sync'
import { decisionsOn, placeOf } from '../engine/duplicates.ts'
import { holderId } from '../engine/holders.ts'
import { lookAtCustomers } from '../engine/look-at.ts'
import { type EntitlementRow, entitlementColumns, entitlementOf, openStreamsOf } from '../licensing/entitled.ts'
import type { Database, Sql } from '../scope.ts'
import { inTenantPastDeadlocks } from './deadlock.ts'

/** A customer of a tenant: two sources may hold the same number. */
export interface CustomerRef {
  readonly sourceId: string
  readonly key: string
}

/** What several customers have in common: a phone, an e-mail, or a contact of a connection's platform (by its uid). */
export type Shared =
  | { readonly kind: 'phone' | 'email'; readonly value: string }
  | { readonly kind: 'contact'; readonly value: string; readonly connectionId: string }

/** Who decides. */
export interface Decider {
  readonly id: string
  readonly role: string
}

/** What a decision leaves to do. */
export interface Decided {
  readonly id: string
  /** Connections whose doorbell must be rung. */
  readonly connectionIds: readonly string[]
}

/**
 * BY-08: these customers are one person.
 * @throws `not_found` where one is not there, `conflict` where they are one already, or some are kept apart
 */
export function joinDuplicates(
  db: Database,
  tenantId: string,
  customers: readonly CustomerRef[],
  by: Decider,
): Promise<Decided> {
  return inTenantPastDeadlocks(db, tenantId, async (sql) => {
    const connections = await lockConnections(sql, tenantId)
    const ids = await idsOf(sql, tenantId, customers)
    const { joins, aparts } = await decisionsOn(sql, tenantId, ids)
    if (isOne(ids, joins)) throw new JumpringError('conflict', 'These customers are joined already.')
    const person = personsOf([...joins, ids])
    const all = [...new Set([...ids, ...joins.flat()])].filter((id) => person(id) === person(ids[0] ?? ''))
    if (
      aparts.some(
        (apart) =>
          !isOne(
            apart.customers.filter((id) => all.includes(id)),
            joins,
          ),
      )
    )
      throw new JumpringError('conflict', 'Some of these customers are kept apart; undo that decision first.')
    const id = await insert(sql, tenantId, by, { decision: 'join', customers: ids, shared: null })
    await lookAtCustomers(sql, tenantId, connections, all.map(placeOf))
    return { id, connectionIds: connections }
  })
}

/**
 * BY-08: these customers, who share a phone, an e-mail or a contact, are different people.
 * @throws `not_found` where one is not there, `conflict` where they are one person, or kept apart already
 */
export function keepDuplicatesApart(
  db: Database,
  tenantId: string,
  shared: Shared,
  customers: readonly CustomerRef[],
  by: Decider,
): Promise<Decided> {
  return inTenantPastDeadlocks(db, tenantId, async (sql) => {
    const connections = await lockConnections(sql, tenantId)
    if (shared.kind === 'contact' && !(await hasConnection(sql, shared.connectionId)))
      throw new JumpringError('not_found')
    const ids = await idsOf(sql, tenantId, customers)
    const { joins, aparts } = await decisionsOn(sql, tenantId, ids)
    if (isOne(ids, joins)) throw new JumpringError('conflict', 'These customers are joined; undo that decision first.')
    if (aparts.some(({ value, customers: known }) => value === shared.value && ids.every((id) => known.includes(id))))
      throw new JumpringError('conflict', 'These customers are kept apart already.')
    const id = await insert(sql, tenantId, by, { decision: 'apart', customers: ids, shared })
    if (shared.kind === 'contact') await leaveContact(sql, shared, ids)
    await lookAtCustomers(sql, tenantId, connections, ids.map(placeOf))
    return { id, connectionIds: connections }
  })
}

/** Takes a decision back: whatever it concerns is looked at again. @throws `not_found`, `conflict` where it is undone already */
export function undoDuplicateDecision(db: Database, tenantId: string, id: string, by: Decider): Promise<Decided> {
  return inTenantPastDeadlocks(db, tenantId, async (sql) => {
    const connections = await lockConnections(sql, tenantId)
    const { rows } = await sql.query<Row>(
      'SELECT customers, kind, value, connection_id, undone_at FROM duplicate_decision WHERE tenant_id = $1 AND id = $2 FOR UPDATE',
      [tenantId, id],
    )
    const [decision] = rows
    if (!decision) throw new JumpringError('not_found')
    if (decision.undone_at !== null) throw new JumpringError('conflict', 'This decision is undone already.')
    const { joins } = await decisionsOn(sql, tenantId, decision.customers)
    await sql.query('UPDATE duplicate_decision SET undone_at = now(), undone_by = $2 WHERE id = $1', [id, by.id])
    const { kind, value, connection_id: connectionId, customers } = decision
    // Whose match was undone has shared the contact with nobody.
    if (kind === 'contact' && value !== null && connectionId !== null && customers.length > 1)
      await returnToContact(sql, { value, connectionId }, customers)
    await lookAtCustomers(sql, tenantId, connections, [...customers, ...joins.flat()].map(placeOf))
    return { id, connectionIds: connections }
  })
}

interface Row {
  readonly customers: string[]
  readonly kind: string | null
  readonly value: string | null
  readonly connection_id: string | null
  readonly undone_at: Date | null
}

function isOne(ids: readonly string[], joins: readonly (readonly string[])[]): boolean {
  return new Set(ids.map(personsOf(joins))).size <= 1
}

/**
 * The tenant's connections that synchronize customers. What is being decided on them now is over when this returns, and nothing
 * more is decided until the transaction ends: one who decides sees each decision whole.
 */
export async function lockConnections(sql: Sql, tenantId: string): Promise<string[]> {
  const { rows } = await sql.query<EntitlementRow & { id: string }>(
    `SELECT id, ${entitlementColumns} FROM connection WHERE tenant_id = $1 ORDER BY id FOR UPDATE`,
    [tenantId],
  )
  return rows.filter((row) => openStreamsOf(entitlementOf(row)).has('customers')).map(({ id }) => id)
}

async function hasConnection(sql: Sql, id: string): Promise<boolean> {
  return (await sql.query('SELECT FROM connection WHERE id = $1', [id])).rowCount === 1
}

/** Their ids as holders. @throws `not_found`, `invalid_input` for fewer than two */
export async function idsOf(sql: Sql, tenantId: string, customers: readonly CustomerRef[]): Promise<string[]> {
  const ids = [...new Set(customers.map(({ sourceId, key }) => holderId(sourceId, key)))]
  if (ids.length < 2) throw new JumpringError('invalid_input', 'It takes two customers or more.')
  const places = ids.map(placeOf)
  const { rowCount } = await sql.query(
    `SELECT FROM unnest($2::uuid[], $3::text[]) AS t(source_id, key)
     JOIN record r ON r.tenant_id = $1 AND r.source_id = t.source_id AND r.kind = 'customer' AND r.key = t.key`,
    [tenantId, places.map(({ sourceId }) => sourceId), places.map(({ key }) => key)],
  )
  if (rowCount !== ids.length) throw new JumpringError('not_found', 'One of these customers is not there.')
  return ids
}

async function insert(
  sql: Sql,
  tenantId: string,
  by: Decider,
  what: { decision: 'join' | 'apart'; customers: readonly string[]; shared: Shared | null },
): Promise<string> {
  const { decision, customers, shared } = what
  const { rows } = await sql.query<{ id: string }>(
    `INSERT INTO duplicate_decision (tenant_id, decision, customers, kind, value, connection_id, decided_by, decided_as)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id`,
    [
      tenantId,
      decision,
      customers,
      shared?.kind ?? null,
      shared?.value ?? null,
      shared?.kind === 'contact' ? shared.connectionId : null,
      by.id,
      by.role,
    ],
  )
  const [row] = rows
  if (!row) throw new Error('A decision was not stored.')
  return row.id
}

type AtContact = { readonly value: string; readonly connectionId: string }

/** Those who only share the contact do so no more: they are looked at as if they had none. */
async function leaveContact(sql: Sql, { value, connectionId }: AtContact, ids: readonly string[]): Promise<void> {
  await sql.query(
    `UPDATE link SET status = 'active', uid = NULL, shared_with = NULL, identifiers = '{}', state = $4, updated_at = now()
     WHERE connection_id = $1 AND uid = $2 AND kind = 'customer' AND status = 'shared' AND source_id || '/' || key = ANY($3)`,
    [connectionId, value, ids, JSON.stringify(unlinked)],
  )
}

/** Those who have got no contact of their own since share it again with whoever stands for it. */
async function returnToContact(sql: Sql, { value, connectionId }: AtContact, ids: readonly string[]): Promise<void> {
  await sql.query(
    `UPDATE link l SET status = 'shared', uid = $2, shared_with = CASE WHEN owner.source_id = l.source_id THEN owner.key ELSE owner.source_id || '/' || owner.key END, updated_at = now()
     FROM link owner
     WHERE owner.connection_id = $1 AND owner.uid = $2 AND owner.kind = 'customer' AND owner.status = 'active'
       AND l.connection_id = $1 AND l.kind = 'customer' AND l.id <> owner.id AND l.uid IS NULL AND l.status IN ('active', 'shared')
       AND cardinality(l.identifiers) = 0 AND l.source_id || '/' || l.key = ANY($3)`,
    [connectionId, value, ids],
  )
}
