import type { Sql } from '../scope.ts'
import { queueCommand } from './commands.ts'

/**
 * Adds to the phones that must not be contacted.
 * @param origin `edge`, or the platform that says so (`podium, paused`: to a connection that a person had paused)
 * @returns those of which this origin had not said so
 */
export async function rememberOptOuts(
  sql: Sql,
  tenantId: string,
  phones: readonly string[],
  origin: string,
): Promise<string[]> {
  if (phones.length === 0) return []
  const { rows } = await sql.query<{ phone: string }>(
    `INSERT INTO opt_out (tenant_id, phone, origin) SELECT $1, phone, $3 FROM unnest($2::text[]) AS phone ON CONFLICT DO NOTHING RETURNING phone`,
    [tenantId, phones, origin],
  )
  return rows.map((row) => row.phone)
}

/** Phones of the tenant that must not be contacted, among these, whoever said so. */
export async function optedOut(sql: Sql, tenantId: string, phones: readonly string[]): Promise<Set<string>> {
  if (phones.length === 0) return new Set()
  const { rows } = await sql.query<{ phone: string }>(
    'SELECT DISTINCT phone FROM opt_out WHERE tenant_id = $1 AND phone = ANY($2)',
    [tenantId, phones],
  )
  return new Set(rows.map((row) => row.phone))
}

/** Those among these phones of which a platform has said that they must not be contacted. */
export async function saidByPlatforms(sql: Sql, tenantId: string, phones: readonly string[]): Promise<Set<string>> {
  if (phones.length === 0) return new Set()
  const { rows } = await sql.query<{ phone: string }>(
    `SELECT DISTINCT phone FROM opt_out WHERE tenant_id = $1 AND phone = ANY($2) AND origin <> 'edge'`,
    [tenantId, phones],
  )
  return new Set(rows.map((row) => row.phone))
}

/** A phone that a customer has in The Edge without the mark. */
export interface PhoneToMark {
  readonly sourceId: string
  readonly key: string
  readonly phone: string
}

/**
 * Has The Edge mark these phones do-not-contact, unless it was asked to already and has not shown it yet.
 * @returns how many wishes it gets
 */
export async function markInEdge(
  sql: Sql,
  connection: { id: string; tenantId: string },
  phones: readonly PhoneToMark[],
): Promise<number> {
  if (phones.length === 0) return 0
  const { rows } = await sql.query<{ source_id: string; key: string; phones: string[] }>(
    `SELECT t.source_id, t.key, array_agg(DISTINCT t.phone) AS phones
     FROM unnest($1::uuid[], $2::text[], $3::text[]) AS t(source_id, key, phone)
     WHERE NOT EXISTS (SELECT FROM command c WHERE c.source_id = t.source_id AND c.status IN ('queued', 'written')
       AND c.wish ->> 'do' = 'optOut' AND c.wish ->> 'key' = t.key AND c.wish -> 'phones' ? t.phone)
     GROUP BY t.source_id, t.key ORDER BY t.source_id, t.key`,
    [phones.map(({ sourceId }) => sourceId), phones.map(({ key }) => key), phones.map(({ phone }) => phone)],
  )
  for (const row of rows)
    await queueCommand(sql, connection, {
      sourceId: row.source_id,
      linkId: null,
      wish: { do: 'optOut', key: row.key, phones: row.phones },
    })
  return rows.length
}
