import { type Address, type Wish, wishSchema } from '@jumpring/contracts'
import type { ContactFields, Seen } from '@jumpring/sync'
import { z } from 'zod'
import { nameOf } from '../directory/activity.ts'
import type { Sql } from '../scope.ts'
import { contactEffects } from './contact-effects.ts'
import { observationSchema, stateSchema } from './links.ts'
import { storedCustomerSchema } from './records.ts'

/** What a connection would do with a customer or a contact. */
export const previewSorts = ['linked', 'created', 'changed', 'held', 'broughtDown'] as const
export type PreviewSort = (typeof previewSorts)[number]

export interface PreviewEntry {
  readonly what: PreviewSort
  readonly sourceId: string | null
  readonly key: string | null
  readonly name: string | null
  readonly uid: string | null
  readonly reason: string | null
  readonly message: string | null
  readonly changes: readonly { readonly field: string; readonly from: string | null; readonly to: string }[]
}

const nameless = { uid: null, reason: null, message: null, changes: [] }

/** Has all that waits for a moment due now; for a look that is undone, in which time stands still. */
export async function hurry(sql: Sql, connectionId: string): Promise<void> {
  const due = `SET not_before = now() - interval '1 second' WHERE connection_id = $1 AND not_before > now() - interval '1 second' AND not_before < 'infinity'`
  await sql.query(`UPDATE pending ${due}`, [connectionId])
  await sql.query(`UPDATE inbox ${due} AND status = 'new'`, [connectionId])
}

/** What stands in the database as to be done by a connection that has done nothing yet: links, writes, wishes, and what is held. */
export async function readIntentions(sql: Sql, connectionId: string): Promise<PreviewEntry[]> {
  return [
    ...(await linkedIn(sql, connectionId)),
    ...(await writtenIn(sql, connectionId)),
    ...(await heldIn(sql, connectionId)),
    ...(await wishedIn(sql, connectionId)),
  ]
}

const payloadOf = (alias: string) =>
  `(SELECT r.payload FROM record r WHERE r.tenant_id = ${alias}.tenant_id AND r.source_id = ${alias}.source_id AND r.kind = 'customer' AND r.key = ${alias}.key) AS payload`

const customerSchema = { source_id: z.string(), key: z.string(), payload: z.string().nullable() }

async function linkedIn(sql: Sql, connectionId: string): Promise<PreviewEntry[]> {
  const { rows } = await sql.query(
    `SELECT l.source_id, l.key, l.uid, l.matched_by, ${payloadOf('l')} FROM link l
     WHERE l.connection_id = $1 AND l.kind = 'customer' AND l.key IS NOT NULL AND l.matched_by <> 'cameFromPlatform'
     ORDER BY l.source_id, l.key`,
    [connectionId],
  )
  const schema = z.object({ ...customerSchema, uid: z.string().nullable(), matched_by: z.string() })
  return rows.map((raw) => {
    const row = schema.parse(raw)
    return { ...nameless, ...customerOf(row), what: 'linked', uid: row.uid, reason: row.matched_by }
  })
}

async function writtenIn(sql: Sql, connectionId: string): Promise<PreviewEntry[]> {
  const { rows } = await sql.query(
    `SELECT e.source_id, e.key, e.fields, e.frozen->>'op' AS op, l.uid, l.state, l.matched_from, ${payloadOf('e')} FROM effect e
     JOIN link l ON l.connection_id = e.connection_id AND l.source_id = e.source_id AND l.kind = e.kind AND l.key = e.key
     WHERE e.connection_id = $1 AND e.kind = 'customer' AND e.status = 'prepared' ORDER BY e.source_id, e.key`,
    [connectionId],
  )
  const schema = z.object({
    ...customerSchema,
    uid: z.string().nullable(),
    op: z.string(),
    fields: contactEffects.decision,
    state: stateSchema,
    matched_from: observationSchema.nullable(),
  })
  return rows.map((raw) => {
    const { op, fields, state, uid, matched_from: matchedFrom, ...row } = schema.parse(raw)
    const changes = changesOf(fields.write, matchedFrom ?? state.seen)
    // A first write to a contact that is there changes it.
    const what = op === 'create' && uid === null ? 'created' : 'changed'
    return { ...nameless, ...customerOf(row), what, uid, changes }
  })
}

async function heldIn(sql: Sql, connectionId: string): Promise<PreviewEntry[]> {
  const { rows } = await sql.query(
    `SELECT q.source_id, q.key, q.code, q.message, ${payloadOf('q')} FROM quarantine q
     WHERE q.connection_id = $1 AND q.resolved_at IS NULL ORDER BY q.created_at, q.id`,
    [connectionId],
  )
  const schema = z.object({
    source_id: z.string().nullable(),
    key: z.string().nullable(),
    payload: z.string().nullable(),
    code: z.string(),
    message: z.string(),
  })
  return rows.map((raw) => {
    const { code, message, ...row } = schema.parse(raw)
    return { ...nameless, ...customerOf(row), what: 'held', reason: code, message }
  })
}

async function wishedIn(sql: Sql, connectionId: string): Promise<PreviewEntry[]> {
  const { rows } = await sql.query<{
    source_id: string
    uid: string | null
    key: string | null
    wish: unknown
    payload: string | null
  }>(
    `SELECT c.source_id, l.uid, l.key, c.wish, (SELECT r.payload FROM record r WHERE r.tenant_id = c.tenant_id AND r.source_id = c.source_id AND r.kind = 'customer'
         AND r.key = coalesce(l.key, c.wish->>'customer')) AS payload
     FROM command c LEFT JOIN link l ON l.id = c.link_id AND l.kind = 'customer' WHERE c.connection_id = $1 AND c.status = 'queued' ORDER BY c.source_id, l.key, l.uid, c.id`,
    [connectionId],
  )
  return rows.map(({ wish: raw, uid, key, ...row }) => {
    const wish = wishSchema.parse(raw)
    const customer = customerOf({ ...row, key: 'customer' in wish ? wish.customer : key })
    const name = wish.do === 'createCustomer' ? nameOf(wish) : customer.name
    return { ...nameless, ...customer, name, what: 'broughtDown', uid, reason: wish.do, changes: addedBy(wish) }
  })
}

function customerOf(row: { source_id: string | null; key: string | null; payload: string | null }) {
  const { data: customer } = storedCustomerSchema.safeParse(row.payload)
  return { sourceId: row.source_id, key: row.key, name: customer ? nameOf(customer) : null }
}

/** Each value that would be written, with the one that it takes the place of. */
function changesOf(write: ContactFields, seen: Seen): PreviewEntry['changes'] {
  const before: Record<string, string | Address | undefined> = {
    name: seen.name,
    phone: seen.phones[0],
    email: seen.emails[0],
    address: seen.addresses[0],
    acquisition: seen.acquisition,
    externalId: seen.externalId,
  }
  return Object.entries(write).flatMap(([field, to]) => {
    const from = before[field]
    const change = { field, from: from === undefined ? null : show(from), to: to === undefined ? '' : show(to) }
    return to === undefined || change.from === change.to ? [] : [change]
  })
}

function addedBy(wish: Wish): PreviewEntry['changes'] {
  if (wish.do !== 'createCustomer' && wish.do !== 'addMethods') return []
  return [
    ...wish.phones.map((to) => ({ field: 'phone', from: null, to })),
    ...wish.emails.map((to) => ({ field: 'email', from: null, to })),
    ...wish.addresses.map((to) => ({ field: 'address', from: null, to: show(to) })),
  ]
}

function show(value: string | Address): string {
  if (typeof value === 'string') return value
  const { street, street2, city, state, zip, country } = value
  return [street, street2, city, [state, zip].filter(Boolean).join(' '), country].filter(Boolean).join(', ')
}

/** Puts a preview in place of the one before. */
export async function savePreview(
  sql: Sql,
  connection: { id: string; tenantId: string },
  entries: readonly PreviewEntry[],
): Promise<void> {
  await sql.query('DELETE FROM preview_entry WHERE connection_id = $1', [connection.id])
  for (let from = 0; from < entries.length; from += 5000)
    await sql.query(
      `INSERT INTO preview_entry (connection_id, n, tenant_id, what, source_id, key, name, uid, reason, message, changes)
       SELECT $1, t.n, $2, t.what, t."sourceId", t.key, t.name, t.uid, t.reason, t.message, t.changes
       FROM jsonb_to_recordset($3::jsonb) AS t(n int, what text, "sourceId" uuid, key text, name text, uid text, reason text, message text, changes jsonb)`,
      [
        connection.id,
        connection.tenantId,
        JSON.stringify(entries.slice(from, from + 5000).map((entry, index) => ({ ...entry, n: from + index + 1 }))),
      ],
    )
  await sql.query(`UPDATE connection SET preview = 'ready', preview_at = now() WHERE id = $1 AND preview = 'wanted'`, [
    connection.id,
  ])
}
