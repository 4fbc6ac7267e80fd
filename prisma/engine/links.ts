import { addressSchema } from '@jumpring/contracts'
import { type LinkState, type Observation, unlinked } from '@jumpring/sync'
import { z } from 'zod'
import type { Sql } from '../scope.ts'
import { noteStillContactable } from './still-contactable.ts'
import { wakeWaiting } from './waiting.ts'

/** Edge record ↔ platform contact, for one connection. */
export interface Link {
  readonly id: string
  readonly sourceId: string
  /** Null while The Edge has not given a number to a customer that came down. */
  readonly key: string | null
  /**
   * active: synchronized. creating: on its way into The Edge. shared: another customer holds the contact. gone: deleted on the platform.
   */
  readonly status: 'active' | 'creating' | 'shared' | 'gone'
  /** Null until the platform has shown the contact. */
  readonly uid: string | null
  readonly identifiers: readonly string[]
  readonly state: LinkState
  /** Who stands for the contact, as `referTo` says it. */
  readonly sharedWith: string | null
  readonly deferred: Observation | null
  /** The command that brings the customer into The Edge; links of several connections may wait for one. */
  readonly createdBy: string | null
  readonly updatedAt: Date
}

export const fieldsSchema = z.object({
  name: z.string().exactOptional(),
  phone: z.string().exactOptional(),
  email: z.string().exactOptional(),
  address: addressSchema.exactOptional(),
  acquisition: z.string().exactOptional(),
  externalId: z.string().exactOptional(),
})
const seenShape = {
  name: z.string().exactOptional(),
  externalId: z.string().exactOptional(),
  acquisition: z.string().exactOptional(),
  phones: z.array(z.string()),
  emails: z.array(z.string()),
  addresses: z.array(addressSchema),
  updatedAt: z.string().exactOptional(),
}
const writtenSchema = z.discriminatedUnion('field', [
  z.object({ field: z.literal('name'), value: z.string() }),
  z.object({ field: z.literal('phone'), value: z.string() }),
  z.object({ field: z.literal('email'), value: z.string() }),
  z.object({ field: z.literal('address'), value: addressSchema }),
  z.object({ field: z.literal('acquisition'), value: z.string() }),
  z.object({ field: z.literal('externalId'), value: z.string() }),
])
const seenSchema = z.object({ ...seenShape, optedOutPhones: z.array(z.string()).exactOptional() })
export const stateSchema = z.object({ sent: fieldsSchema, seen: seenSchema, awaiting: z.array(writtenSchema) })
/** A contact as the platform showed it, as kept in inbox and link. */
export const observationSchema = z.object({
  uid: z.string(),
  ...seenShape,
  optedOutPhones: z.array(z.string()),
  locations: z.array(z.string()).exactOptional(),
  tags: z.array(z.string()).exactOptional(),
  source: z.string().exactOptional(),
  labels: z
    .object({
      phone: z.string().exactOptional(),
      email: z.string().exactOptional(),
      address: z.string().exactOptional(),
    })
    .exactOptional(),
  createdAt: z.string().exactOptional(),
})
const rowSchema = z.object({
  link_id: z.uuid(),
  link_source_id: z.uuid(),
  link_key: z.string().nullable(),
  link_status: z.enum(['active', 'creating', 'shared', 'gone']),
  uid: z.string().nullable(),
  identifiers: z.array(z.string()),
  state: stateSchema,
  shared_with: z.string().nullable(),
  deferred: observationSchema.nullable(),
  created_by: z.uuid().nullable(),
  link_updated_at: z.date(),
})

/** The columns that `linkOf` reads, for a table alias. */
export function linkColumns(alias: string): string {
  return `${alias}.id AS link_id, ${alias}.source_id AS link_source_id, ${alias}.key AS link_key, ${alias}.status AS link_status, ${alias}.uid,
    ${alias}.identifiers, ${alias}.state, ${alias}.shared_with, ${alias}.deferred, ${alias}.created_by, ${alias}.updated_at AS link_updated_at`
}

/** The link in a row, or null where an outer join found none. */
export function linkOf(row: { link_id?: unknown }): Link | null {
  if (row.link_id === null || row.link_id === undefined) return null
  const link = rowSchema.parse(row)
  return {
    id: link.link_id,
    sourceId: link.link_source_id,
    key: link.link_key,
    status: link.link_status,
    uid: link.uid,
    identifiers: link.identifiers,
    state: link.state,
    sharedWith: link.shared_with,
    deferred: link.deferred,
    createdBy: link.created_by,
    updatedAt: link.link_updated_at,
  }
}

/** Links by a condition on alias `l`, locked for the rest of the transaction. */
async function lockLinks(
  sql: Sql,
  connectionId: string,
  condition: string,
  values: readonly (string | readonly string[])[],
): Promise<Link[]> {
  const isForNobody = values.every((value) => typeof value === 'string' || value.length === 0)
  if (isForNobody) return []
  const { rows } = await sql.query(
    `SELECT ${linkColumns('l')} FROM link l WHERE l.connection_id = $1 AND l.kind = 'customer' AND ${condition} ORDER BY l.id FOR UPDATE`,
    [connectionId, ...values],
  )
  return rows.flatMap((row) => linkOf(row) ?? [])
}

export const lockLinksById = (sql: Sql, connectionId: string, ids: readonly string[]) =>
  lockLinks(sql, connectionId, 'l.id = ANY($2)', [ids])
export const lockLinksByUid = (sql: Sql, connectionId: string, uids: readonly string[]) =>
  lockLinks(sql, connectionId, 'l.uid = ANY($2)', [uids])
export const lockLinksByIdentifier = (sql: Sql, connectionId: string, identifiers: readonly string[]) =>
  lockLinks(
    sql,
    connectionId,
    // As an array, so that the planner never reads all links, whatever it believes of a young table.
    'l.identifiers && $2 AND l.id = ANY(ARRAY(SELECT link_id FROM link_identifier WHERE connection_id = $1 AND identifier = ANY($2)))',
    [identifiers],
  )
/** Links by any of these, in one statement: locks are taken in one order. `numbers`: of customers, where the platform has not shown the contact. */
export const lockLinksOfContacts = (
  sql: Sql,
  connectionId: string,
  contacts: { uids: readonly string[]; identifiers: readonly string[]; numbers?: readonly string[] },
) =>
  lockLinks(
    sql,
    connectionId,
    `l.id = ANY(ARRAY(
       SELECT id FROM link WHERE connection_id = $1 AND uid = ANY($2)
       UNION SELECT link_id FROM link_identifier WHERE connection_id = $1 AND identifier = ANY($3)
       UNION SELECT o.id FROM source s JOIN link o ON o.connection_id = $1 AND o.source_id = s.id AND o.kind = 'customer' AND o.key = ANY($4)
         WHERE o.uid IS NULL))`,
    [contacts.uids, contacts.identifiers, contacts.numbers ?? []],
  )
export const lockLinksByKeys = (sql: Sql, connectionId: string, sourceId: string, keys: readonly string[]) =>
  lockLinks(sql, connectionId, `l.source_id = $2 AND l.kind = 'customer' AND l.key = ANY($3)`, [sourceId, keys])

/** The same as they are now, without a lock. */
export async function linksOfCustomers(sql: Sql, connectionId: string, sourceId: string, keys: readonly string[]) {
  if (keys.length === 0) return []
  const { rows } = await sql.query(
    `SELECT ${linkColumns('l')} FROM link l WHERE l.connection_id = $1 AND l.source_id = $2 AND l.kind = 'customer' AND l.key = ANY($3) ORDER BY l.id`,
    [connectionId, sourceId, keys],
  )
  return rows.flatMap((row) => linkOf(row) ?? [])
}

/** Ids of those links whose customer the cloud has a record of. */
export async function linksWithRecord(
  sql: Sql,
  connection: { tenantId: string },
  links: readonly Link[],
): Promise<ReadonlySet<string>> {
  if (links.length === 0) return new Set()
  const { rows } = await sql.query<{ id: string }>(
    // Not EXISTS, which the planner may turn into a look at all records.
    `SELECT t.id FROM unnest($2::uuid[], $3::uuid[], $4::text[]) AS t(id, source_id, key)
     WHERE (SELECT true FROM record r WHERE r.tenant_id = $1 AND r.source_id = t.source_id AND r.kind = 'customer' AND r.key = t.key)`,
    [connection.tenantId, links.map(({ id }) => id), links.map((link) => link.sourceId), links.map(({ key }) => key)],
  )
  return new Set(rows.map(({ id }) => id))
}

/** Stores links of one connection as they are given. */
export async function saveLinks(sql: Sql, changed: readonly Link[]): Promise<void> {
  if (changed.length === 0) return
  const { rows } = await sql.query<{ id: string; tenant_id: string; connection_id: string; denied_shown: string[] }>(
    `UPDATE link l SET key = t.key, status = t.status, uid = t.uid, state = t.state, shared_with = t.shared_with, deferred = t.deferred, created_by = t.created_by, updated_at = now(),
       identifiers = ARRAY(SELECT jsonb_array_elements_text(t.identifiers))
     FROM jsonb_to_recordset($1::jsonb) AS t(id uuid, key text, status text, uid text, identifiers jsonb, state jsonb, shared_with text, deferred jsonb, created_by uuid)
     WHERE l.id = t.id AND l.id = ANY($2) RETURNING l.id, l.tenant_id, l.connection_id, l.denied_shown`,
    [
      JSON.stringify(
        changed.map((link) => ({
          id: link.id,
          key: link.key,
          status: link.status,
          uid: link.uid,
          identifiers: link.identifiers,
          state: link.state,
          shared_with: link.sharedWith,
          deferred: link.deferred,
          created_by: link.createdBy,
        })),
      ),
      // Says how few they are: the planner knows nothing of what is in a JSON.
      changed.map((link) => link.id),
    ],
  )
  const [one] = rows
  const told = new Map(rows.map((row) => [row.id, row.denied_shown]))
  if (one)
    await noteStillContactable(
      sql,
      { id: one.connection_id, tenantId: one.tenant_id },
      changed.map((link) => ({ ...link, told: told.get(link.id) ?? [] })),
    )
  await wakeWaiting(
    sql,
    changed.map(({ id }) => id),
  )
}

/** A link that does not exist yet. Where the record has one already, that one is given back. */
export interface NewLink {
  readonly sourceId: string
  readonly key: string | null
  readonly status: Link['status']
  readonly uid?: string
  readonly identifiers?: readonly string[]
  readonly state?: LinkState
  readonly sharedWith?: string
}

export async function insertLinks(
  sql: Sql,
  connection: { id: string; tenantId: string },
  links: readonly NewLink[],
): Promise<Link[]> {
  if (links.length === 0) return []
  const { rows } = await sql.query(
    `INSERT INTO link AS l (tenant_id, connection_id, source_id, kind, key, status, uid, identifiers, state, shared_with)
     SELECT $1, $2, t.source_id, 'customer', t.key, t.status, t.uid, ARRAY(SELECT jsonb_array_elements_text(t.identifiers)), t.state, t.shared_with
     FROM jsonb_to_recordset($3::jsonb) AS t(source_id uuid, key text, status text, uid text, identifiers jsonb, state jsonb, shared_with text)
     ORDER BY t.source_id, t.key
     ON CONFLICT (connection_id, source_id, kind, key) DO UPDATE SET updated_at = now()
     RETURNING ${linkColumns('l')}`,
    [
      connection.tenantId,
      connection.id,
      JSON.stringify(
        links.map((link) => ({
          source_id: link.sourceId,
          key: link.key,
          status: link.status,
          uid: link.uid ?? null,
          identifiers: link.identifiers ?? [],
          state: link.state ?? unlinked,
          shared_with: link.sharedWith ?? null,
        })),
      ),
    ],
  )
  const inserted = rows.flatMap((row) => linkOf(row) ?? [])
  await wakeWaiting(
    sql,
    inserted.map(({ id }) => id),
  )
  return inserted
}
