import type { RecordKind } from '@jumpring/contracts'
import type { Sql } from '../scope.ts'
import { connectionsWithCustomers, lookAtCustomers } from './look-at.ts'

// EDT names the last number that a customer took over (CustomerOldCustKey). Of two merges between two exports the first is not told: what
// it moved lets it be guessed. A guess merges nothing; it becomes a question to a person (mergersAround).

/** Kinds of records that are a customer's. */
export const kindsOfCustomers = [
  'saleLine',
  'job',
  'appointment',
  'wish',
  'note',
] as const satisfies readonly RecordKind[]

/** Whose a record is, from its stored JSON. Read as text, as it is for a whole page. */
export const ownerIn = (column: string): string => `substring(${column} FROM '"customer":"([^"]+)"')`

/** A change of a record that was a customer's. */
export interface OwnedChange {
  readonly sourceId: string
  readonly kind: string
  readonly key: string
  /** Whose it was. */
  readonly owner: string
  readonly seq: string
}

/** Whoever has what was another's may have taken that one over. */
export async function guessFromRecords(sql: Sql, tenantId: string, changes: readonly OwnedChange[]): Promise<void> {
  if (changes.length === 0) return
  await guess(
    sql,
    tenantId,
    `SELECT t.source_id, t.owner AS old_key, ${ownerIn('r.payload')} AS key, max(t.seq) AS seq
     FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::bigint[]) AS t(source_id, kind, key, owner, seq)
     JOIN record r ON r.tenant_id = $1 AND r.source_id = t.source_id AND r.kind = t.kind AND r.key = t.key
     GROUP BY 1, 2, 3`,
    [
      changes.map(({ sourceId }) => sourceId),
      changes.map(({ kind }) => kind),
      changes.map(({ key }) => key),
      changes.map(({ owner }) => owner),
      changes.map(({ seq }) => seq),
    ],
  )
}

/** A phone or an e-mail that a customer has only now. */
interface NewMethod {
  readonly sourceId: string
  readonly key: string
  readonly type: string
  readonly value: string
}

/**
 * Who takes over a number gets its phones and e-mails. One that comes along and was not that number's, but another's, lets guess that
 * this one was taken over before.
 */
export async function guessFromMethods(
  sql: Sql,
  tenantId: string,
  come: readonly NewMethod[],
  seq: string,
): Promise<void> {
  if (come.length === 0) return
  await guess(
    sql,
    tenantId,
    `SELECT DISTINCT t.source_id, i.key AS old_key, t.key, $6::bigint AS seq
     FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[]) AS t(source_id, key, type, value)
     JOIN record r ON r.tenant_id = $1 AND r.source_id = t.source_id AND r.kind = 'customer' AND r.key = t.key
     JOIN merger m ON m.tenant_id = $1 AND m.source_id = t.source_id AND m.key = t.key AND m.told
       AND m.old_key = substring(r.payload FROM '"oldKey":"([^"]+)"')
     JOIN identity i ON i.tenant_id = $1 AND i.type = t.type AND i.value = t.value AND i.source_id = t.source_id
     WHERE NOT EXISTS (SELECT FROM identity o WHERE o.tenant_id = $1 AND o.type = t.type AND o.value = t.value
       AND o.source_id = t.source_id AND o.key = m.old_key)`,
    [
      come.map(({ sourceId }) => sourceId),
      come.map(({ key }) => key),
      come.map(({ type }) => type),
      come.map(({ value }) => value),
      seq,
    ],
  )
}

/** Who took another over. */
interface Taker {
  readonly source_id: string
  readonly key: string
}

/** Notes guesses among customers who are there, and has whoever took another over looked at. */
async function guess(sql: Sql, tenantId: string, found: string, values: readonly unknown[]): Promise<void> {
  const { rows } = await sql.query<Taker>(
    `INSERT INTO merger (tenant_id, source_id, old_key, key, seq, unsure, told)
     SELECT $1::uuid, f.source_id, f.old_key, f.key, f.seq, true, false FROM (${found}) f
     JOIN record o ON o.tenant_id = $1 AND o.source_id = f.source_id AND o.kind = 'customer' AND o.key = f.old_key
     WHERE f.key <> f.old_key ON CONFLICT DO NOTHING RETURNING source_id, key`,
    [tenantId, ...values],
  )
  await lookAtTakers(sql, tenantId, rows)
}

/** Who is shown again after a guess was not taken over. */
export async function dropGuesses(
  sql: Sql,
  tenantId: string,
  shown: readonly { readonly sourceId: string; readonly key: string; readonly seq: string }[],
): Promise<void> {
  const { rows } = await sql.query<Taker>(
    `DELETE FROM merger m USING unnest($2::uuid[], $3::text[], $4::bigint[]) AS t(source_id, key, seq)
     WHERE m.tenant_id = $1 AND m.source_id = t.source_id AND m.old_key = t.key AND m.seq < t.seq AND NOT m.told AND m.decision IS NULL
     RETURNING m.source_id, m.key`,
    [tenantId, shown.map(({ sourceId }) => sourceId), shown.map(({ key }) => key), shown.map(({ seq }) => seq)],
  )
  await lookAtTakers(sql, tenantId, rows)
}

async function lookAtTakers(sql: Sql, tenantId: string, takers: readonly Taker[]): Promise<void> {
  if (takers.length === 0) return
  const connectionIds = await connectionsWithCustomers(sql, tenantId)
  const customers = takers.map(({ source_id: sourceId, key }) => ({ sourceId, key }))
  await lookAtCustomers(sql, tenantId, connectionIds, customers)
}
