import { acquisitionSchema, type Command, type Customer } from '@jumpring/contracts'
import { tidy } from '@jumpring/sync'
import type { Sql } from '../scope.ts'

/**
 * What the acquisitions of these customers say, by `source/key`; without keys whose label the store has not shown. What is no key says
 * it itself: it came down as a text for which the store has no why-in.
 */
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
  const texts = keys.flatMap(({ sourceId, acquisition }): [string, string][] =>
    isText(acquisition) ? [[`${sourceId}/${acquisition}`, acquisition]] : [],
  )
  return new Map([
    ...texts,
    ...rows.flatMap(({ source_id, key, payload }): [string, string][] => {
      const { data } = acquisitionSchema.safeParse(JSON.parse(payload))
      return data ? [[`${source_id}/${key}`, data.label]] : []
    }),
  ])
}

/** EDT sample: a key is digits and dashes (`190718-093958-01-22-248843`). */
const isText = (acquisition: string) => /\p{L}/u.test(acquisition)

/** CO-06: the commands with the store's own why-in in place of its label; a text for which the store has none stays. */
export async function withWhyIns(sql: Sql, sourceId: string, commands: readonly Command[]): Promise<Command[]> {
  if (!commands.some(({ wish }) => wish.do === 'createCustomer')) return [...commands]
  const { rows } = await sql.query<{ key: string; payload: string }>(
    `SELECT r.key, r.payload FROM record r JOIN source s ON s.tenant_id = r.tenant_id AND s.id = r.source_id
     WHERE s.id = $1 AND r.kind = 'acquisition' ORDER BY r.key DESC`,
    [sourceId],
  )
  // Of two with one label the older: a key begins with its date.
  const keys = new Map(
    rows.map(({ key, payload }) => [fold(acquisitionSchema.safeParse(JSON.parse(payload)).data?.label), key]),
  )
  return commands.map(({ id, wish }) => {
    const key = wish.do === 'createCustomer' && wish.acquisition !== undefined && keys.get(fold(wish.acquisition))
    return { id, wish: key ? { ...wish, acquisition: key } : wish }
  })
}

const fold = (label: string | undefined) => tidy(label)?.toLowerCase()

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
