import type { Customer } from '@jumpring/contracts'
import { type Apart, type DuplicateDecisions, personsOf, undecided } from '@jumpring/sync'
import { z } from 'zod'
import type { Sql } from '../scope.ts'
import { holderId, type RecordHolder } from './holders.ts'
import { storedCustomerSchema } from './records.ts'
import { isKnown } from './waiting.ts'

const rowSchema = z.discriminatedUnion('decision', [
  z.object({ decision: z.literal('join'), customers: z.array(z.string()) }),
  z.object({
    decision: z.literal('apart'),
    customers: z.array(z.string()),
    kind: z.enum(['phone', 'email', 'contact']),
    value: z.string(),
  }),
])

/** BY-08: what stands of people's decisions on these customers (ids of holders), and on those with whom they were joined. */
export async function decisionsOn(sql: Sql, tenantId: string, ids: readonly string[]): Promise<DuplicateDecisions> {
  let wanted = [...new Set(ids)]
  if (wanted.length === 0) return undecided
  for (;;) {
    const { rows } = await sql.query(
      `SELECT decision, customers, kind, value FROM duplicate_decision
       WHERE tenant_id = $1 AND undone_at IS NULL AND customers && $2 ORDER BY id`,
      [tenantId, wanted],
    )
    const decisions = rows.map((row) => rowSchema.parse(row))
    const joins = decisions.flatMap((one) => (one.decision === 'join' ? [one.customers] : []))
    const more = new Set([...wanted, ...joins.flat()])
    // Whoever is joined with them may be joined with others.
    if (more.size === wanted.length)
      return { joins, aparts: decisions.flatMap((one): Apart[] => (one.decision === 'apart' ? [one] : [])) }
    wanted = [...more]
  }
}

/** A customer who was joined with others, with the record. */
export interface Mate extends RecordHolder {
  readonly customer: Customer
}

/** Everyone who is one person with one of these customers, they included. `linked`: has a contact on the platform. */
export async function matesOf(
  sql: Sql,
  connection: { id: string; tenantId: string },
  ids: readonly string[],
  { joins }: DuplicateDecisions,
): Promise<Mate[]> {
  const person = personsOf(joins)
  const persons = new Set(ids.map((id) => person(id)))
  const joined = [...new Set(joins.flat())].filter((id) => persons.has(person(id)))
  if (joined.length === 0) return []
  const places = joined.map(placeOf)
  const { rows } = await sql.query<{ source_id: string; key: string; payload: string; linked: boolean }>(
    `SELECT r.source_id, r.key, r.payload, EXISTS (SELECT FROM link l WHERE l.connection_id = $2 AND l.source_id = r.source_id
       AND l.kind = 'customer' AND l.key = r.key AND ${isKnown('l')}) AS linked
     FROM unnest($3::uuid[], $4::text[]) AS t(source_id, key)
     JOIN record r ON r.tenant_id = $1 AND r.source_id = t.source_id AND r.kind = 'customer' AND r.key = t.key`,
    [connection.tenantId, connection.id, places.map(({ sourceId }) => sourceId), places.map(({ key }) => key)],
  )
  const mates = rows.flatMap((row): Mate[] => {
    const { data: customer } = storedCustomerSchema.safeParse(row.payload)
    if (!customer) return []
    const { source_id: sourceId, key, linked } = row
    return [
      {
        id: holderId(sourceId, key),
        sourceId,
        key,
        type: 'person',
        value: person(holderId(sourceId, key)),
        linked,
        inactive: customer.inactive,
        left: customer.inactive,
        customer,
        ...(customer.accountKey !== undefined && { accountId: holderId(sourceId, customer.accountKey) }),
        ...(customer.enteredAt !== undefined && { enteredAt: customer.enteredAt }),
      },
    ]
  })
  // A number that has become another's.
  const former = new Set(
    mates.flatMap(({ sourceId, customer: { oldKey } }) => (oldKey ? [holderId(sourceId, oldKey)] : [])),
  )
  return mates.map((mate) => ({ ...mate, left: mate.left || former.has(mate.id) }))
}

/** The source and the number in a holder's id. */
export function placeOf(id: string): { sourceId: string; key: string } {
  const [sourceId = '', ...key] = id.split('/')
  return { sourceId, key: key.join('/') }
}

/**
 * Of customers whom people keep apart from others at a contact: what stands on that contact. A first write by one of these would
 * reach that contact. By holder's id.
 */
export async function onContactsOfOthers(
  sql: Sql,
  connectionId: string,
  { aparts }: DuplicateDecisions,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const ofContacts = aparts.filter(({ kind }) => kind === 'contact')
  if (ofContacts.length === 0) return new Map()
  const { rows } = await sql.query<{ uid: string; source_id: string; key: string; identifiers: string[] }>(
    `SELECT uid, source_id, key, identifiers FROM link
     WHERE connection_id = $1 AND uid = ANY($2) AND kind = 'customer' AND status = 'active' AND key IS NOT NULL`,
    [connectionId, ofContacts.map(({ value }) => value)],
  )
  const barred = new Map<string, Set<string>>()
  for (const { value, customers } of ofContacts)
    for (const row of rows.filter(({ uid }) => uid === value))
      for (const id of customers.filter((each) => each !== holderId(row.source_id, row.key)))
        barred.set(id, new Set([...(barred.get(id) ?? []), ...row.identifiers]))
  return barred
}
