import { acquisitionSchema, type Customer } from '@jumpring/contracts'
import type { Sql } from '../scope.ts'

/** What the acquisitions of these customers say, by `source/key`; without those whose label the store has not shown. */
export async function acquisitionLabels(
  sql: Sql,
  connection: { tenantId: string },
  items: readonly { sourceId: string; customer: Customer }[],
): Promise<ReadonlyMap<string, string>> {
  const wanted = new Map(
    items.flatMap(({ sourceId, customer: { acquisition } }) =>
      acquisition === undefined ? [] : [[`${sourceId}/${acquisition}`, { sourceId, acquisition }]],
    ),
  )
  if (wanted.size === 0) return new Map()
  const keys = [...wanted.values()]
  const { rows } = await sql.query<{ source_id: string; key: string; payload: string }>(
    `SELECT t.source_id, t.key, r.payload FROM unnest($2::uuid[], $3::text[]) AS t(source_id, key)
     JOIN record r ON r.tenant_id = $1 AND r.source_id = t.source_id AND r.kind = 'acquisition' AND r.key = t.key`,
    [connection.tenantId, keys.map(({ sourceId }) => sourceId), keys.map(({ acquisition }) => acquisition)],
  )
  return new Map(
    rows.flatMap(({ source_id, key, payload }) => {
      const { data } = acquisitionSchema.safeParse(JSON.parse(payload))
      return data ? [[`${source_id}/${key}`, data.label]] : []
    }),
  )
}

/** Has the customers looked at whose acquisition has got a label, or another. */
export async function lookAgainAtAcquired(
  sql: Sql,
  tenantId: string,
  labeled: readonly { sourceId: string; key: string }[],
): Promise<void> {
  for (const [sourceId, ofSource] of Map.groupBy(labeled, (one) => one.sourceId)) {
    await sql.query(
      `INSERT INTO pending (connection_id, source_id, kind, key, tenant_id, seq, priority, reason)
       SELECT c.id, r.source_id, r.kind, r.key, $1, r.seq, 2, 'labeled' FROM record r, connection c
       WHERE r.tenant_id = $1 AND r.source_id = $2 AND r.kind = 'customer' AND (r.payload::json)->>'acquisition' = ANY($3) AND c.tenant_id = $1
       ORDER BY c.id, r.key
       ON CONFLICT (connection_id, source_id, kind, key) DO UPDATE SET ticket = excluded.ticket`,
      [tenantId, sourceId, ofSource.map(({ key }) => key)],
    )
  }
}
