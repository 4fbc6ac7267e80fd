import { type ConnectionSettings, JumpringError, settingsIn, type Wish, wishSchema } from '@jumpring/contracts'
import { z } from 'zod'
import type { Sql } from '../scope.ts'

/** Stores a wish for The Edge and tells the apis that an agent may be waiting for it. The command's id is also its WebTransferWebID. */
export async function queueCommand(
  sql: Sql,
  connection: { id: string; tenantId: string },
  command: { sourceId: string; linkId: string | null; wish: Wish },
): Promise<string> {
  const { rows } = await sql.query<{ id: string }>(
    `INSERT INTO command (tenant_id, source_id, connection_id, link_id, wish) VALUES ($1, $2, $3, $4, $5) RETURNING id`,
    [connection.tenantId, command.sourceId, connection.id, command.linkId, JSON.stringify(command.wish)],
  )
  const id = rows[0]?.id
  if (!id) throw new Error('A command was stored without an id.')
  await sql.query(`SELECT pg_notify('jumpring_commands', $1)`, [command.sourceId])
  return id
}

/** CO-06: has a customer whom no agent has taken yet created with this acquisition, if the wish is this connection's. */
export async function setWishedAcquisition(
  sql: Sql,
  connectionId: string,
  commandId: string,
  acquisition: string,
): Promise<void> {
  await sql.query(
    `UPDATE command SET wish = jsonb_set(wish, '{acquisition}', to_jsonb($3::text)), updated_at = now()
     WHERE id = $1 AND connection_id = $2 AND status = 'queued' AND wish ->> 'do' = 'createCustomer'
       AND wish ->> 'acquisition' IS DISTINCT FROM $3`,
    [commandId, connectionId, acquisition],
  )
}

/** Wishes of a link that The Edge has not shown yet. */
export async function openWishes(sql: Sql, linkId: string): Promise<Wish[]> {
  const { rows } = await sql.query<{ wish: unknown }>(
    `SELECT wish FROM command WHERE link_id = $1 AND status IN ('queued', 'written')`,
    [linkId],
  )
  return rows.map((row) => wishSchema.parse(row.wish))
}

/** Links of a connection that wait for customers whom The Edge created under these partner's ids. By partner's id. */
export async function linksCreatedAs(
  sql: Sql,
  connectionId: string,
  webIds: readonly string[],
): Promise<ReadonlyMap<string, { linkId: string; sourceId: string }>> {
  // A partner's id may be anything; ours are UUIDs.
  const ours = webIds.filter((webId) => z.uuid().safeParse(webId).success)
  if (ours.length === 0) return new Map()
  const { rows } = await sql.query<{ created_by: string; id: string; source_id: string }>(
    'SELECT created_by, id, source_id FROM link WHERE connection_id = $1 AND created_by = ANY($2::uuid[]) AND key IS NULL',
    [connectionId, ours],
  )
  return new Map(rows.map((row) => [row.created_by, { linkId: row.id, sourceId: row.source_id }]))
}

/** Takes back what no agent has written yet: what it would create has come up by itself. */
export async function dropCommand(sql: Sql, commandId: string): Promise<void> {
  await sql.query(`UPDATE command SET status = 'dropped', updated_at = now() WHERE id = $1 AND status = 'queued'`, [
    commandId,
  ])
}

/**
 * Takes back all that waits for The Edge by these links.
 * @throws `conflict` where an agent has got some of it and has not said yet what became of it: it may be done
 */
export async function dropCommandsOf(sql: Sql, linkIds: readonly string[]): Promise<void> {
  const { rows } = await sql.query<{ given: boolean }>(
    `UPDATE command SET status = 'dropped', updated_at = now() WHERE link_id = ANY($1) AND status = 'queued'
     RETURNING given_at IS NOT NULL AS given`,
    [linkIds],
  )
  if (rows.some(({ given }) => given))
    throw new JumpringError('conflict', 'A change is on its way into the store; try again once it is there.')
}

/** BY-02: where a customer who comes from the platform is created. */
export interface HomeStore {
  readonly sourceId: string
  /** The Edge's store number; absent: The Edge decides. */
  readonly store?: string
}

/**
 * As the connection's settings say; else the one store whose location the contact belongs to; else the tenant's first source, where
 * The Edge decides. Null while there is none.
 * @param locations the platform's ids of the contact's locations
 */
export async function homeOf(
  sql: Sql,
  {
    tenantId,
    settings,
  }: {
    tenantId: string
    settings: ConnectionSettings
  },
  locations: readonly string[] = [],
): Promise<HomeStore | null> {
  if (settings.homeStore) return settings.homeStore
  const { rows } = await sql.query<{ sourceId: string; store: string }>(
    'SELECT source_id AS "sourceId", number AS store FROM store WHERE tenant_id = $1',
    [tenantId],
  )
  const stores = rows.filter(({ sourceId, store }) =>
    locations.includes(settingsIn(sourceId, settings).locations[store] ?? ''),
  )
  const [theirs, another] = stores
  if (theirs && !another) return theirs
  const { rows: sources } = await sql.query<{ sourceId: string }>(
    'SELECT id AS "sourceId" FROM source WHERE tenant_id = $1 ORDER BY created_at, id LIMIT 1',
    [tenantId],
  )
  return sources[0] ?? null
}

/** One customer as the cloud has it, as JSON text; null when it has none of that number. */
export async function findRecord(
  sql: Sql,
  source: { tenantId: string; sourceId: string },
  key: string,
): Promise<string | null> {
  const { rows } = await sql.query<{ payload: string }>(
    `SELECT payload FROM record WHERE tenant_id = $1 AND source_id = $2 AND kind = 'customer' AND key = $3`,
    [source.tenantId, source.sourceId, key],
  )
  return rows[0]?.payload ?? null
}
