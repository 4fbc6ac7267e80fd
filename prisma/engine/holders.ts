import type { Holder } from '@jumpring/sync'
import type { Sql } from '../scope.ts'
import type { Link } from './links.ts'
import { storedCustomerSchema } from './records.ts'

/** A customer who holds a value, with where to find it. */
export interface RecordHolder extends Holder {
  readonly sourceId: string
  readonly key: string
  readonly type: string
  readonly value: string
  /** Inactive customers are not created on a platform, so they stand for a contact only when linked. */
  readonly inactive: boolean
  /** Inactive, or its number has become another holder's (EDT CustomerOldCustKey): somebody else may stand for its contact. */
  readonly left: boolean
}

export const holderId = (sourceId: string, key: string): string => `${sourceId}/${key}`

/** How a link of one source names a customer: by the number, with the source where that is another. */
export const referTo = (customer: { sourceId: string; key: string }, from: { sourceId: string }): string =>
  customer.sourceId === from.sourceId ? customer.key : holderId(customer.sourceId, customer.key)

const columns = `i.type, i.value, i.source_id, i.key, r.payload,
  EXISTS (SELECT FROM link l WHERE l.connection_id = $2 AND l.source_id = i.source_id AND l.kind = 'customer' AND l.key = i.key
    AND l.status IN ('active', 'creating') AND i.value = ANY(l.identifiers)) AS linked`
const recordOf = `JOIN record r ON r.tenant_id = i.tenant_id AND r.source_id = i.source_id AND r.kind = 'customer' AND r.key = i.key`

/** Everyone who holds one of these phones or e-mails. */
export async function holdersOf(
  sql: Sql,
  connection: { id: string; tenantId: string },
  type: 'phone' | 'email',
  values: readonly string[],
): Promise<RecordHolder[]> {
  if (values.length === 0) return []
  const { rows } = await sql.query<Row>(
    `SELECT ${columns} FROM identity i ${recordOf} WHERE i.tenant_id = $1 AND i.type = $3 AND i.value = ANY($4)`,
    [connection.tenantId, connection.id, type, values],
  )
  return holdersIn(rows)
}

/** Ids (as `holderId` gives them) of the customers with this number: one, unless several of the tenant's sources hold it. */
export async function customersNumbered(sql: Sql, tenantId: string, key: string): Promise<string[]> {
  const { rows } = await sql.query<{ source_id: string }>(
    // Not EXISTS, which the planner may turn into a look at all records.
    `SELECT s.id AS source_id FROM source s WHERE s.tenant_id = $1
       AND (SELECT true FROM record r WHERE r.tenant_id = $1 AND r.source_id = s.id AND r.kind = 'customer' AND r.key = $2)`,
    [tenantId, key],
  )
  return rows.map((row) => holderId(row.source_id, key))
}

/** Ids of the customers on whom this id of a contact stands (EDT WebTransferWebID). */
export async function customersWithWebId(sql: Sql, tenantId: string, webId: string): Promise<string[]> {
  const { rows } = await sql.query<{ source_id: string; key: string }>(
    `SELECT source_id, key FROM identity WHERE tenant_id = $1 AND type = 'webId' AND value = $2`,
    [tenantId, webId],
  )
  return rows.map((row) => holderId(row.source_id, row.key))
}

/** Everyone who holds a phone or e-mail that one of these customers shares with somebody; the customers themselves included. */
export async function sharersOf(
  sql: Sql,
  connection: { id: string; tenantId: string },
  customers: readonly { sourceId: string; key: string }[],
): Promise<RecordHolder[]> {
  const { rows } = await sql.query<Row>(
    // OFFSET 0 and the bare SELECT true: each customer's own rows are looked up, where the planner, who takes a tenant's rows for
    // few, would read them all.
    `WITH shared AS (
       SELECT DISTINCT mine.type, mine.value FROM unnest($3::uuid[], $4::text[]) AS t(source_id, key),
         LATERAL (SELECT * FROM identity WHERE tenant_id = $1 AND source_id = t.source_id AND key = t.key AND type IN ('phone', 'email') OFFSET 0) mine
       WHERE (SELECT true FROM identity other WHERE other.tenant_id = $1 AND other.type = mine.type AND other.value = mine.value
         AND (other.source_id, other.key) <> (mine.source_id, mine.key) LIMIT 1))
     SELECT ${columns} FROM shared s JOIN identity i ON i.tenant_id = $1 AND i.type = s.type AND i.value = s.value ${recordOf}`,
    [connection.tenantId, connection.id, customers.map((c) => c.sourceId), customers.map((c) => c.key)],
  )
  return holdersIn(rows)
}

/** The customers of links that point to one contact, by link. Not those whose record has not come up. */
export async function customersBehind(
  sql: Sql,
  tenantId: string,
  links: readonly Link[],
): Promise<ReadonlyMap<string, RecordHolder>> {
  const { rows } = await sql.query<Row>(
    `SELECT t.id AS value, 'link' AS type, r.source_id, r.key, r.payload, t.linked
     FROM unnest($2::text[], $3::uuid[], $4::text[], $5::boolean[]) AS t(id, source_id, key, linked)
     JOIN record r ON r.tenant_id = $1 AND r.source_id = t.source_id AND r.kind = 'customer' AND r.key = t.key`,
    [
      tenantId,
      links.map(({ id }) => id),
      links.map(({ sourceId }) => sourceId),
      links.map(({ key }) => key),
      links.map(({ status }) => status === 'active'),
    ],
  )
  return new Map(holdersIn(rows).map((holder) => [holder.value, holder]))
}

interface Row {
  type: string
  value: string
  source_id: string
  key: string
  payload: string
  linked: boolean
}

/** Those whose record can be read. */
function holdersIn(rows: readonly Row[]): RecordHolder[] {
  const read = rows.flatMap((row) => {
    const { data: customer } = storedCustomerSchema.safeParse(row.payload)
    return customer ? [{ row, customer }] : []
  })
  const former = new Set(
    read.flatMap(({ row, customer }) => (customer.oldKey ? [holderId(row.source_id, customer.oldKey)] : [])),
  )
  return read.map(({ row, customer }) => {
    const id = holderId(row.source_id, row.key)
    return {
      id,
      sourceId: row.source_id,
      key: row.key,
      type: row.type,
      value: row.value,
      linked: row.linked,
      inactive: customer.inactive,
      left: customer.inactive || former.has(id),
      ...(customer.accountKey !== undefined && { accountId: holderId(row.source_id, customer.accountKey) }),
      ...(customer.enteredAt !== undefined && { enteredAt: customer.enteredAt }),
    }
  })
}
