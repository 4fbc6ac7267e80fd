import { customerSchema } from '@jumpring/contracts'
import type { Holder } from '@jumpring/sync'
import type { Sql } from '../scope.ts'

/** A customer who holds a value, with where to find it. */
export interface RecordHolder extends Holder {
  readonly sourceId: string
  readonly key: string
  readonly type: string
  readonly value: string
  /** Inactive customers are not created on a platform, so they stand for a contact only when linked. */
  readonly inactive: boolean
}

export const holderId = (sourceId: string, key: string): string => `${sourceId}/${key}`

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
  return rows.map(holderOf)
}

/** Everyone who holds a phone or e-mail that one of these customers shares with somebody; the customers themselves included. */
export async function sharersOf(
  sql: Sql,
  connection: { id: string; tenantId: string },
  customers: readonly { sourceId: string; key: string }[],
): Promise<RecordHolder[]> {
  const { rows } = await sql.query<Row>(
    `WITH shared AS (
       SELECT DISTINCT mine.type, mine.value FROM unnest($3::uuid[], $4::text[]) AS t(source_id, key)
       JOIN identity mine ON mine.tenant_id = $1 AND mine.source_id = t.source_id AND mine.key = t.key AND mine.type IN ('phone', 'email')
       WHERE EXISTS (SELECT FROM identity other WHERE other.tenant_id = $1 AND other.type = mine.type AND other.value = mine.value
         AND (other.source_id, other.key) <> (mine.source_id, mine.key)))
     SELECT ${columns} FROM shared s JOIN identity i ON i.tenant_id = $1 AND i.type = s.type AND i.value = s.value ${recordOf}`,
    [connection.tenantId, connection.id, customers.map((c) => c.sourceId), customers.map((c) => c.key)],
  )
  return rows.map(holderOf)
}

interface Row {
  type: string
  value: string
  source_id: string
  key: string
  payload: string
  linked: boolean
}

function holderOf(row: Row): RecordHolder {
  const customer = customerSchema.parse(JSON.parse(row.payload))
  return {
    id: holderId(row.source_id, row.key),
    sourceId: row.source_id,
    key: row.key,
    type: row.type,
    value: row.value,
    linked: row.linked,
    inactive: customer.inactive,
    ...(customer.accountKey !== undefined && { accountId: holderId(row.source_id, customer.accountKey) }),
    ...(customer.enteredAt !== undefined && { enteredAt: customer.enteredAt }),
  }
}
