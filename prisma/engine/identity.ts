import type { Customer } from '@jumpring/contracts'
import { contactableInEdge, deniedInEdge, methodsOf } from '@jumpring/sync'
import type { Sql } from '../scope.ts'
import { lookAgainAtAcquired } from './acquisitions.ts'
import { dropGuesses, guessFromMethods, guessFromRecords, kindsOfCustomers, ownerIn } from './guessed-mergers.ts'
import { holderId } from './holders.ts'
import { connectionsWithCustomers } from './look-at.ts'
import { type CustomerChange, noteMergers } from './mergers.ts'
import { markInEdge, rememberOptOuts, saidByPlatforms } from './opt-outs.ts'
import { storedCustomerSchema } from './records.ts'

/** Changes of one transaction. */
const journalPage = 1000

/**
 * Brings the identity index (who holds which phone, e-mail and partner's id) up to the journal, one page of it.
 * Whoever shares a value that came or went is looked at again, and a phone that The Edge calls do-not-contact is remembered as such.
 * A phone that opted out on a platform and that a customer has only now is marked in The Edge (guarantee 6).
 * @param limit how many changes
 * @returns whether there is more to read, and how many wishes The Edge gets
 */
export async function followJournal(
  sql: Sql,
  connection: { id: string; tenantId: string; region: string },
  limit = journalPage,
): Promise<{ more: boolean; marked: number }> {
  const { tenantId, region } = connection
  await lockIdentities(sql, tenantId)
  const { rows: cursors } = await sql.query<{ seq: string }>('SELECT seq FROM identity_cursor WHERE tenant_id = $1', [
    tenantId,
  ])
  // A query of its own: as a part of this one the number is not known to the planner, who then reads the whole journal.
  const { rows: changes } = await sql.query<Change>(
    `SELECT seq, source_id, kind, key, before IS NULL AS first, CASE WHEN kind = 'customer' THEN ${oldKeyIn('before')} END AS old_key,
       CASE WHEN kind = ANY($4) THEN ${ownerIn('before')} END AS owner FROM journal WHERE tenant_id = $1 AND seq > $2 ORDER BY seq LIMIT $3`,
    [tenantId, cursors[0]?.seq ?? '0', limit, kindsOfCustomers],
  )
  const last = changes.at(-1)
  if (!last) return { more: false, marked: 0 }
  const customers = changes.filter(({ kind }) => kind === 'customer')
  const touched = [...new Map(customers.map((change) => [`${change.source_id}/${change.key}`, change])).values()]
  const sources = touched.map((one) => one.source_id)
  const keys = touched.map((one) => one.key)

  const { rows: records } = await sql.query<{ source_id: string; key: string; payload: string; seq: string }>(
    `SELECT r.source_id, r.key, r.payload, r.seq FROM unnest($2::uuid[], $3::text[]) AS t(source_id, key)
     JOIN record r ON r.tenant_id = $1 AND r.source_id = t.source_id AND r.kind = 'customer' AND r.key = t.key`,
    [tenantId, sources, keys],
  )
  const told = changesOf(customers, records)
  await noteMergers(sql, tenantId, told)
  await dropGuesses(sql, tenantId, told)
  const now: Identity[] = []
  const denied = new Set<string>()
  const contactable = new Map<string, ReadonlySet<string>>()
  for (const record of records) {
    // What cannot be read is set aside when its turn comes, and holds up nobody here.
    const { data: customer } = storedCustomerSchema.safeParse(record.payload)
    if (!customer) continue
    contactable.set(`${record.source_id}/${record.key}`, contactableInEdge(customer, region))
    for (const [type, value] of identitiesOf(customer, region))
      now.push({ sourceId: record.source_id, key: record.key, type, value })
    for (const phone of deniedInEdge(customer, region)) denied.add(phone)
  }
  const newcomers = new Set(customers.flatMap(({ first, source_id, key }) => (first ? holderId(source_id, key) : [])))
  const { come, gone } = await replaceIdentities(sql, tenantId, sources, keys, now)
  await guessFromRecords(
    sql,
    tenantId,
    changes.flatMap(({ owner, source_id: sourceId, kind, key, seq }) =>
      owner === null ? [] : [{ sourceId, kind, key, owner, seq }],
    ),
  )
  await guessFromMethods(
    sql,
    tenantId,
    come.filter(({ type, sourceId, key }) => type !== 'webId' && !newcomers.has(holderId(sourceId, key))),
    last.seq,
  )
  const newlyDenied = await rememberOptOuts(sql, tenantId, [...denied], 'edge')
  await lookAgain(sql, tenantId, [...come.map(({ value }) => value), ...gone, ...newlyDenied])
  const newPhones = come.filter(
    ({ type, sourceId, key, value }) => type === 'phone' && contactable.get(`${sourceId}/${key}`)?.has(value),
  )
  const marked = await markNewPhones(sql, connection, newPhones)
  await lookAgainAtAcquired(
    sql,
    tenantId,
    changes.flatMap(({ kind, source_id, key }) => (kind === 'acquisition' ? [{ sourceId: source_id, key }] : [])),
  )
  await sql.query(
    'INSERT INTO identity_cursor (tenant_id, seq) VALUES ($1, $2) ON CONFLICT (tenant_id) DO UPDATE SET seq = excluded.seq',
    [tenantId, last.seq],
  )
  return { more: changes.length === limit, marked }
}

interface Change {
  seq: string
  source_id: string
  kind: string
  key: string
  /** The record was not there before. */
  first: boolean
  /** Of a customer: the former number in what was replaced. */
  old_key: string | null
  /** Of what is somebody's: whose it was in what was replaced. */
  owner: string | null
}

/** The former number in a customer's stored JSON. Read as text: a page is read for it, and what cannot be parsed is set aside later. */
const oldKeyPattern = '"oldKey":"([^"]+)"'
const oldKeyIn = (column: string) => `substring(${column} FROM '${oldKeyPattern}')`

/** Each change of a customer with what it replaced (the journal says) and what it brought: the next change's, or what is there now. */
function changesOf(
  customers: readonly Change[],
  records: readonly { source_id: string; key: string; payload: string; seq: string }[],
): CustomerChange[] {
  const now = new Map(records.map((record) => [holderId(record.source_id, record.key), record]))
  const next = new Map<string, string | null>()
  const changes: CustomerChange[] = []
  for (const { seq, source_id: sourceId, key, old_key: before } of customers.toReversed()) {
    const id = holderId(sourceId, key)
    const record = now.get(id)
    const last = record?.seq === seq ? (new RegExp(oldKeyPattern).exec(record.payload)?.[1] ?? null) : undefined
    changes.push({ seq, sourceId, key, before, after: next.has(id) ? next.get(id) : last })
    next.set(id, before)
  }
  return changes.reverse()
}

/**
 * Until the end of the transaction the index stays as it is: one follower at a time, so that pages are read in order and none twice,
 * and nobody who looks holders up for a new opt-out misses one who is just being added.
 */
export async function lockIdentities(sql: Sql, tenantId: string): Promise<void> {
  await sql.query(`SELECT pg_advisory_xact_lock(hashtextextended('identity:' || $1, 0))`, [tenantId])
}

interface Identity {
  readonly sourceId: string
  readonly key: string
  readonly type: string
  readonly value: string
}

function identitiesOf(customer: Customer, region: string): [type: string, value: string][] {
  const methods = methodsOf(customer, region)
  return [
    ...methods.phones.map((value): [string, string] => ['phone', value]),
    ...methods.emails.map((value): [string, string] => ['email', value]),
    ...(customer.webId === undefined ? [] : [['webId', customer.webId] satisfies [string, string]]),
  ]
}

/** Only a phone that a customer did not have before: a mark that the store's staff take away is not set again (ADR 0012). */
async function markNewPhones(
  sql: Sql,
  connection: { id: string; tenantId: string },
  phones: readonly Identity[],
): Promise<number> {
  const denied = await saidByPlatforms(
    sql,
    connection.tenantId,
    phones.map(({ value }) => value),
  )
  const toMark = phones.filter(({ value }) => denied.has(value))
  return markInEdge(
    sql,
    connection,
    toMark.map(({ sourceId, key, value }) => ({ sourceId, key, phone: value })),
  )
}

/** @returns what came, and the values that went */
async function replaceIdentities(
  sql: Sql,
  tenantId: string,
  sources: string[],
  keys: string[],
  now: Identity[],
): Promise<{ come: Identity[]; gone: string[] }> {
  const { rows } = await sql.query<{ source_id: string; key: string; type: string; value: string; came: boolean }>(
    `WITH touched AS (SELECT * FROM unnest($2::uuid[], $3::text[]) AS t(source_id, key)),
     fresh AS (SELECT * FROM unnest($4::uuid[], $5::text[], $6::text[], $7::text[]) AS f(source_id, key, type, value)),
     gone AS (
       DELETE FROM identity i USING touched t
       WHERE i.tenant_id = $1 AND i.source_id = t.source_id AND i.key = t.key AND i.source_id = ANY($2) AND i.key = ANY($3)
         AND NOT EXISTS (SELECT FROM fresh f WHERE f.source_id = i.source_id AND f.key = i.key AND f.type = i.type AND f.value = i.value)
       RETURNING i.source_id, i.key, i.type, i.value, false AS came),
     come AS (
       INSERT INTO identity (tenant_id, source_id, key, type, value) SELECT $1, source_id, key, type, value FROM fresh
       ON CONFLICT DO NOTHING RETURNING source_id, key, type, value, true AS came)
     SELECT * FROM gone UNION ALL SELECT * FROM come`,
    [
      tenantId,
      sources,
      keys,
      now.map((i) => i.sourceId),
      now.map((i) => i.key),
      now.map((i) => i.type),
      now.map((i) => i.value),
    ],
  )
  return {
    come: rows
      .filter(({ came }) => came)
      .map((row) => ({ sourceId: row.source_id, key: row.key, type: row.type, value: row.value })),
    gone: rows.filter(({ came }) => !came).map(({ value }) => value),
  }
}

/**
 * Puts back on the work list of the tenant's connections every customer who shares one of these values with another, is held up by it, or
 * has it on a contact, whatever they have in The Edge, though it must not be contacted.
 */
export async function lookAgain(sql: Sql, tenantId: string, values: readonly string[]): Promise<void> {
  if (values.length === 0) return
  const open = await connectionsWithCustomers(sql, tenantId)
  // OFFSET 0: who shows a phone is looked up, where the planner, who expects many opt-outs, would read what all contacts show.
  await sql.query(
    `INSERT INTO pending (connection_id, source_id, kind, key, tenant_id, seq, priority, reason)
     SELECT c.id, r.source_id, r.kind, r.key, $1, r.seq, 1, 'shared'
     FROM (
       SELECT DISTINCT i.source_id, i.key FROM identity i
       WHERE i.tenant_id = $1 AND i.value = ANY($2) AND i.type IN ('phone', 'email')
         AND (EXISTS (SELECT FROM identity o WHERE o.tenant_id = $1 AND o.type = i.type AND o.value = i.value AND (o.source_id, o.key) <> (i.source_id, i.key))
           OR EXISTS (SELECT FROM link l WHERE l.tenant_id = $1 AND l.source_id = i.source_id AND l.key = i.key AND l.status = 'shared')
           OR EXISTS (SELECT FROM opt_out x WHERE x.tenant_id = $1 AND x.phone = i.value)
           OR EXISTS (SELECT FROM unmatched u WHERE u.connection_id = ANY($3) AND u.identifier = i.value))
       UNION SELECT l.source_id, l.key FROM opt_out x,
         LATERAL (SELECT link_id FROM link_identifier WHERE connection_id = ANY($3) AND identifier = x.phone OFFSET 0) shown,
         LATERAL (SELECT source_id, key FROM link WHERE id = shown.link_id OFFSET 0) l
       WHERE x.tenant_id = $1 AND x.phone = ANY($2)
     ) affected
     JOIN record r ON r.tenant_id = $1 AND r.source_id = affected.source_id AND r.kind = 'customer' AND r.key = affected.key
     CROSS JOIN unnest($3::uuid[]) AS c(id)
     ORDER BY c.id, r.source_id, r.key
     ON CONFLICT (connection_id, source_id, kind, key) DO UPDATE SET ticket = excluded.ticket`,
    [tenantId, values, open],
  )
}
