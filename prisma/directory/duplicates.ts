import { createHash } from 'node:crypto'
import { type Because, ownerAndReason, personsOf } from '@jumpring/sync'
import { z } from 'zod'
import { placeOf } from '../engine/duplicates.ts'
import { holdersOf } from '../engine/holders.ts'
import { storedCustomerSchema } from '../engine/records.ts'
import type { Quarantine } from '../generated/client.ts'
import { type Database, inDirectory, inTenant, type Sql } from '../scope.ts'
import { nameOf } from './activity.ts'
import { type DuplicateDecision, decisionsInForce, type SharedKind, sharedKinds } from './decisions-in-force.ts'

/** A customer among others who look like the same. */
export interface DuplicateCustomer {
  /** `source/key` */
  readonly id: string
  readonly sourceId: string
  readonly key: string
  readonly name: string | null
}

/** Who stands for the contact on a connection's platform, and why. */
export interface DuplicateOwner {
  readonly connectionId: string
  readonly customer: DuplicateCustomer
  readonly because: Because
}

/** A phone, an e-mail or a platform's contact that several customers have. */
export interface Duplicate {
  readonly id: string
  /** Where it stands in the list. */
  readonly place: string
  readonly kind: SharedKind
  readonly value: string
  /** Of a contact. */
  readonly connectionId: string | null
  readonly decided: boolean
  readonly customers: readonly DuplicateCustomer[]
  readonly owners: readonly DuplicateOwner[]
  readonly held: readonly Quarantine[]
  readonly decisions: readonly DuplicateDecision[]
}

/** Which entries, in the order of kind and value. */
export interface DuplicatesWanted {
  readonly limit: number
  /** Only what a person has still to decide, only what is decided, or (absent) both. */
  readonly open?: boolean | undefined
  readonly kind?: SharedKind | undefined
  readonly after?: { readonly value: string } | undefined
}

/** BY-08: what several of a tenant's customers have in common. */
export async function listDuplicates(db: Database, tenantId: string, wanted: DuplicatesWanted): Promise<Duplicate[]> {
  const { entries, held } = await inTenant(db, tenantId, async (sql) => {
    const decisions = await decisionsInForce(sql, tenantId)
    const groups = await groupsOf(sql, tenantId, wanted, decisions)
    const customers = await customersIn(sql, tenantId, groups)
    const owners = await ownersIn(sql, tenantId, groups)
    const entries = groups.map((group) => ({ group, ...describe(group, customers, owners, decisions) }))
    return { entries, held: await heldBecause(sql, tenantId, groups) }
  })
  const rows = await inDirectory(db, { as: 'tenant', tenantId }, (directory) =>
    directory.quarantine.findMany({ where: { id: { in: held.map(({ id }) => id) } }, orderBy: { createdAt: 'asc' } }),
  )
  return entries.map(({ group, ...entry }) => {
    const ids = new Set(held.filter(({ place }) => place === group.place).map(({ id }) => id))
    return { ...entry, held: rows.filter(({ id }) => ids.has(id)) }
  })
}

const groupSchema = z.object({
  place: z.string(),
  kind: z.enum(sharedKinds),
  value: z.string(),
  connection_id: z.string().nullable(),
  customers: z.array(z.string()),
  decided: z.boolean(),
})
type Group = z.infer<typeof groupSchema>

/**
 * Phones and e-mails that several customers have; contacts to which several are linked, or were before they were kept apart; contacts
 * that fit several by values that are one's each, and are nobody's.
 */
async function groupsOf(
  sql: Sql,
  tenantId: string,
  { limit, open, kind, after }: DuplicatesWanted,
  decisions: readonly DuplicateDecision[],
): Promise<Group[]> {
  const joins = decisions.flatMap((one) => (one.decision === 'join' ? [one.customers] : []))
  const person = personsOf(joins)
  const joined = [...new Set(joins.flat())]
  const { rows } = await sql.query(
    `WITH person AS (SELECT * FROM unnest($2::text[], $3::text[]) AS t(id, name)),
     member AS (
       SELECT DISTINCT 'contact' AS kind, connection_id, uid AS value, source_id || '/' || key AS customer FROM link
       WHERE tenant_id = $1 AND kind = 'customer' AND uid IS NOT NULL AND key IS NOT NULL AND status IN ('active', 'shared')
         AND $4 = ANY('{all,contact}')
       UNION SELECT 'contact', connection_id, value, unnest(customers) FROM duplicate_decision
       WHERE tenant_id = $1 AND undone_at IS NULL AND kind = 'contact' AND $4 = ANY('{all,contact}')
       UNION SELECT 'contact', u.connection_id, u.uid, i.source_id || '/' || i.key
       FROM unmatched u JOIN identity i ON i.tenant_id = $1 AND i.value = u.identifier AND i.type IN ('phone', 'email')
       WHERE u.tenant_id = $1 AND $4 = ANY('{all,contact}') AND NOT EXISTS (
         SELECT FROM unmatched same JOIN identity one ON one.tenant_id = $1 AND one.value = same.identifier AND one.type IN ('phone', 'email')
         WHERE same.connection_id = u.connection_id AND same.uid = u.uid GROUP BY one.type, one.value HAVING count(*) > 1)),
     shared AS (
       SELECT type AS kind, value, NULL::uuid AS connection_id, array_agg(source_id || '/' || key ORDER BY source_id, key) AS customers
       FROM identity WHERE tenant_id = $1 AND type = ANY(CASE WHEN $4 = 'all' THEN '{phone,email}'::text[] ELSE ARRAY[$4] END) AND type <> 'webId'
       GROUP BY type, value HAVING count(*) > 1
       UNION ALL
       SELECT kind, value, connection_id, array_agg(customer ORDER BY customer) FROM member
       GROUP BY kind, value, connection_id HAVING count(*) > 1),
     apart AS MATERIALIZED (
       SELECT d.kind, d.value, d.connection_id, array_agg(coalesce(p.name, c.id)) AS persons
       FROM duplicate_decision d CROSS JOIN LATERAL unnest(d.customers) AS c(id) LEFT JOIN person p ON p.id = c.id
       WHERE d.tenant_id = $1 AND d.undone_at IS NULL AND d.decision = 'apart' GROUP BY d.id),
     told AS (
       SELECT s.kind, s.value, s.connection_id, s.customers, array_agg(DISTINCT coalesce(p.name, c.id)) AS persons
       FROM shared s CROSS JOIN LATERAL unnest(s.customers) AS c(id) LEFT JOIN person p ON p.id = c.id
       GROUP BY s.kind, s.value, s.connection_id, s.customers),
     entry AS (
       SELECT t.*, concat_ws(' ', t.kind, t.value, t.connection_id) COLLATE "C" AS place,
         cardinality(t.persons) = 1 OR EXISTS (SELECT FROM apart a WHERE a.kind = t.kind AND a.value = t.value
           AND a.connection_id IS NOT DISTINCT FROM t.connection_id AND t.persons <@ a.persons) AS decided
       FROM told t)
     SELECT * FROM entry WHERE ($5::text IS NULL OR place > $5::text COLLATE "C") AND ($6::boolean IS NULL OR decided <> $6)
     ORDER BY place LIMIT $7`,
    [tenantId, joined, joined.map((id) => person(id)), kind ?? 'all', after?.value ?? null, open ?? null, limit],
  )
  return rows.map((row) => groupSchema.parse(row))
}

async function customersIn(
  sql: Sql,
  tenantId: string,
  groups: readonly Group[],
): Promise<ReadonlyMap<string, DuplicateCustomer>> {
  const places = [...new Set(groups.flatMap(({ customers }) => customers))].map((id) => ({ id, ...placeOf(id) }))
  const { rows } = await sql.query<{ id: string; payload: string }>(
    `SELECT t.id, r.payload FROM unnest($2::text[], $3::uuid[], $4::text[]) AS t(id, source_id, key)
     JOIN record r ON r.tenant_id = $1 AND r.source_id = t.source_id AND r.kind = 'customer' AND r.key = t.key`,
    [tenantId, places.map(({ id }) => id), places.map(({ sourceId }) => sourceId), places.map(({ key }) => key)],
  )
  const names = new Map(
    rows.map(({ id, payload }) => {
      const { data } = storedCustomerSchema.safeParse(payload)
      return [id, data ? nameOf(data) : null]
    }),
  )
  return new Map(places.map((place) => [place.id, { ...place, name: names.get(place.id) ?? null }]))
}

interface Standing {
  readonly place: string
  readonly connectionId: string
  readonly id: string
  readonly because: Because
}

async function ownersIn(sql: Sql, tenantId: string, groups: readonly Group[]): Promise<Standing[]> {
  const { rows: connections } = await sql.query<{ id: string }>('SELECT id FROM connection WHERE tenant_id = $1', [
    tenantId,
  ])
  const standing: Standing[] = []
  for (const { id: connectionId } of connections)
    for (const kind of ['phone', 'email'] as const) {
      const ofKind = groups.filter((group) => group.kind === kind)
      const values = ofKind.map(({ value }) => value)
      const holders = await holdersOf(sql, { id: connectionId, tenantId }, kind, values)
      for (const { place, value } of ofKind) {
        const found = ownerAndReason(holders.filter((one) => one.value === value && (!one.inactive || one.linked)))
        if (found) standing.push({ place, connectionId, id: found.owner.id, because: found.because })
      }
    }
  const contacts = groups.filter(({ kind }) => kind === 'contact')
  const { rows } = await sql.query<{ connection_id: string; uid: string; id: string }>(
    `SELECT connection_id, uid, source_id || '/' || key AS id FROM link
     WHERE tenant_id = $1 AND kind = 'customer' AND status = 'active' AND key IS NOT NULL AND uid = ANY($2)`,
    [tenantId, contacts.map(({ value }) => value)],
  )
  for (const { place, value, connection_id } of contacts)
    for (const row of rows.filter((each) => each.uid === value && each.connection_id === connection_id))
      standing.push({ place, connectionId: row.connection_id, id: row.id, because: 'linked' })
  return standing
}

/** What waits for a person because of these: customers who go up by nothing of their own, and contacts that fit several. */
async function heldBecause(
  sql: Sql,
  tenantId: string,
  groups: readonly Group[],
): Promise<{ place: string; id: string }[]> {
  const members = groups.flatMap(({ place, customers }) => customers.map((customer) => ({ place, customer })))
  const { rows } = await sql.query<{ place: string; id: string }>(
    `SELECT t.place, q.id FROM unnest($2::text[], $3::text[]) AS t(place, customer)
     JOIN quarantine q ON q.tenant_id = $1 AND q.resolved_at IS NULL AND q.stage = 'up' AND q.subject = t.customer
       AND q.code IN ('shared_contact', 'ambiguous_match', 'needs_identifier')
     UNION SELECT t.place, q.id FROM unnest($4::text[], $5::text[], $6::text[]) AS t(place, kind, value)
     JOIN unmatched u ON u.tenant_id = $1 AND t.value = CASE WHEN t.kind = 'contact' THEN u.uid ELSE u.identifier END
     JOIN quarantine q ON q.tenant_id = $1 AND q.resolved_at IS NULL AND q.stage = 'down'
       AND q.connection_id = u.connection_id AND q.subject = u.event_id`,
    [
      tenantId,
      members.map(({ place }) => place),
      members.map(({ customer }) => customer),
      groups.map(({ place }) => place),
      groups.map(({ kind }) => kind),
      groups.map(({ value }) => value),
    ],
  )
  return rows
}

function describe(
  { place, kind, value, connection_id: connectionId, decided, customers: ids }: Group,
  customers: ReadonlyMap<string, DuplicateCustomer>,
  standing: readonly Standing[],
  decisions: readonly DuplicateDecision[],
): Omit<Duplicate, 'held'> {
  return {
    id: idOf(place),
    place,
    kind,
    value,
    connectionId,
    decided,
    customers: ids.flatMap((id) => customers.get(id) ?? []),
    owners: standing.flatMap((one) => {
      const customer = one.place === place ? customers.get(one.id) : undefined
      return customer ? [{ connectionId: one.connectionId, customer, because: one.because }] : []
    }),
    decisions: decisions.filter(
      (one) =>
        ids.filter((id) => one.customers.includes(id)).length > 1 &&
        (one.decision === 'join' || (one.kind === kind && one.value === value && one.connectionId === connectionId)),
    ),
  }
}

/** The same for the same value: a UUID of version 8. */
function idOf(place: string): string {
  const hex = createHash('sha256').update(place).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
