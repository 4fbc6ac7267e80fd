import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import {
  type ConnectionSettings,
  JumpringError,
  type OpenStream,
  type Platform,
  type Tier,
  tierSchema,
  type WorkKind,
} from '@jumpring/contracts'
import { type ConnectionSecrets, loadSecrets, saveSecrets } from '../credentials.ts'
import { askAnew, outdatePreview, readAllAnew } from '../engine/connections.ts'
import { readFeedsAnew } from '../engine/feeds.ts'
import { giveKeptEntries } from '../engine/inbox.ts'
import { dropObjectWrites, objectKinds } from '../engine/object-work.ts'
import type { Connection } from '../generated/client.ts'
import type { Keyring } from '../keyring.ts'
import {
  type Entitlement,
  type EntitlementRow,
  entitlementColumns,
  entitlementOf,
  openStreamsOf,
} from '../licensing/entitled.ts'
import { type Database, inDirectory, inTenant, type Sql } from '../scope.ts'
import { inTenantPastDeadlocks } from './deadlock.ts'
import { addAllRecords, holdIngest, openKinds, priority, removeRecords, workOfChange } from './worklist.ts'

export type { Connection }

/** Names a connection and whose it is. */
export interface ConnectionAt {
  readonly tenantId: string
  readonly connectionId: string
}

export function listConnections(db: Database, tenantId: string): Promise<Connection[]> {
  return inDirectory(db, { as: 'tenant', tenantId }, (directory) =>
    directory.connection.findMany({ orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] }),
  )
}

export function findConnection(db: Database, at: ConnectionAt): Promise<Connection | null> {
  return inDirectory(db, { as: 'tenant', tenantId: at.tenantId }, (directory) =>
    directory.connection.findUnique({ where: { id: at.connectionId } }),
  )
}

/** Whose a connection is; for callers who then ask whether the viewer may know. */
export async function tenantOfConnection(db: Database, connectionId: string): Promise<string | null> {
  const found = await inDirectory(db, { as: 'system' }, (directory) =>
    directory.connection.findUnique({ where: { id: connectionId }, select: { tenantId: true } }),
  )
  return found?.tenantId ?? null
}

/** What a new connection is made of. */
export interface NewConnection {
  readonly platform: Platform
  readonly name: string
  /** What is ordered; nothing is synchronized before a license of it is installed (PD-02). */
  readonly tier: Tier
  readonly settings: ConnectionSettings
  readonly baseUrl: string
  readonly secrets: ConnectionSecrets
  /** BY-01: nothing is written before a person has approved what it would do. */
  readonly preview?: boolean
}

/** Stores a connection with its encrypted secrets. Returns its id. */
export function createConnection(
  db: Database,
  keyring: Keyring,
  tenantId: string,
  connection: NewConnection,
): Promise<string> {
  return inTenant(db, tenantId, async (sql) => {
    const at = { tenantId, connectionId: randomUUID() }
    const { platform, name, tier, settings, baseUrl } = connection
    await sql.query(
      'INSERT INTO connection (id, tenant_id, platform, name, tier, settings, base_url, preview) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)',
      [at.connectionId, tenantId, platform, name, tier, settings, baseUrl, connection.preview ? 'wanted' : null],
    )
    if (settings.customFields.length > 0) await addMappingVersion(sql, at, settings)
    await saveSecrets(sql, keyring, at, connection.secrets)
    return at.connectionId
  })
}

/** What of a connection people change. */
interface Changeable {
  readonly name: string
  readonly tier: Tier
  readonly licensedTier: Tier | null
  readonly settings: ConnectionSettings
}

/**
 * Changes a connection's name and settings.
 * @param change gets the settings as they are now; nobody else changes them meanwhile
 * @throws `not_found`
 */
export async function updateConnection(
  db: Database,
  at: ConnectionAt,
  change: (now: Changeable) => Pick<Changeable, 'name' | 'settings'>,
): Promise<void> {
  await inTenantPastDeadlocks(db, at.tenantId, (sql) => changeConnection(sql, at, change))
}

/**
 * What a stream or a license opens is put on the work list, what it closes is taken off (CO-12, CO-13). The first lock of its
 * transaction, in the tenant's scope.
 * @throws `not_found`
 */
export async function changeConnection(
  sql: Sql,
  at: ConnectionAt,
  change: (now: Changeable) => Partial<Changeable>,
): Promise<void> {
  await holdIngest(sql, at.tenantId)
  const before = await lockConnection(sql, at)
  const after = { ...before, ...change(before) }
  await sql.query('UPDATE connection SET name = $2, tier = $3, licensed_tier = $4, settings = $5 WHERE id = $1', [
    at.connectionId,
    after.name,
    after.tier,
    after.licensedTier,
    after.settings,
  ])
  if (before.licensedTier === null && after.licensedTier !== null) await giveKeptEntries(sql, at.connectionId)
  const isSet = !isDeepStrictEqual(before.settings, after.settings)
  if (isSet) await tryMended(sql, at)
  if (isSet || before.licensedTier !== after.licensedTier) await outdatePreview(sql, at.connectionId)
  const openBefore = openStreamsOf(before)
  const openAfter = openStreamsOf(after)
  const work = workOfChange(openBefore, openAfter)
  await addAllRecords(sql, at, work.add, 'opened')
  await removeRecords(sql, at.connectionId, work.remove)
  await followSettings(sql, at, before.settings, after.settings, openKinds(openAfter))
  await followMapping(sql, at, before.settings, after.settings, openKinds(openAfter))
  const opened = [...openAfter].filter(
    (stream) => before.settings.mode !== after.settings.mode || !openBefore.has(stream),
  )
  await readFeedsAnew(
    sql,
    at.connectionId,
    opened.flatMap((stream) => feedsOf[stream] ?? []),
  )
  const opens = [...openAfter].some((stream) => before.settings.mode === 'B' || !openBefore.has(stream))
  const lets = !isDeepStrictEqual(before.settings.downloadFilter, after.settings.downloadFilter)
  if (after.settings.mode === 'A' && (opens || lets)) await readPlatformAnew(sql, at)
}

/** What a setting held up goes on by itself once the settings are others. */
async function tryMended(sql: Sql, at: ConnectionAt): Promise<void> {
  const { rowCount: paused } = await sql.query(
    `UPDATE connection SET status = 'active', paused_code = NULL, paused_reason = NULL, next_try_at = NULL, ${askAnew}
     WHERE id = $1 AND status = 'paused' AND paused_code = 'configuration'`,
    [at.connectionId],
  )
  if (paused) await giveKeptEntries(sql, at.connectionId)
  await sql.query(
    `INSERT INTO pending (connection_id, source_id, kind, key, tenant_id, seq, priority, reason)
     SELECT q.connection_id, r.source_id, q.kind, r.key, r.tenant_id, r.seq,
       CASE q.kind WHEN 'notification' THEN ${priority.text} ELSE ${priority.backfill} END, 'opened' FROM quarantine q
     JOIN record r ON r.tenant_id = q.tenant_id AND r.source_id = q.source_id AND r.key = q.key
       AND r.kind = CASE q.kind WHEN 'customFields' THEN 'customer' ELSE q.kind END
     WHERE q.connection_id = $1 AND q.stage = 'up' AND q.code = 'configuration' AND q.resolved_at IS NULL
     ORDER BY r.source_id, q.kind, r.key
     ON CONFLICT (connection_id, source_id, kind, key) DO UPDATE SET ticket = excluded.ticket, not_before = now(), attempts = 0`,
    [at.connectionId],
  )
}

/** What of the platform, beside its contacts, a stream is fed by. */
const feedsOf: Partial<Record<OpenStream, readonly string[]>> = {
  customFields: ['customFields'],
  wishes: ['wish'],
  notes: ['note'],
  messages: ['message'],
}

/** CB-03: each mapping of custom fields is a version; another one has all customers looked at, once what the platform holds has been read. */
async function followMapping(
  sql: Sql,
  at: ConnectionAt,
  before: ConnectionSettings,
  after: ConnectionSettings,
  open: ReadonlySet<WorkKind>,
): Promise<void> {
  if (isDeepStrictEqual(withoutNames(before), withoutNames(after))) return
  await addMappingVersion(sql, at, after)
  if (!open.has('customFields')) return
  await readFeedsAnew(sql, at.connectionId, ['customFields'])
  await addAllRecords(sql, at, ['customFields'], 'opened')
}

const withoutNames = ({ customFields }: ConnectionSettings) => customFields.map(({ name: _name, ...mapped }) => mapped)

async function addMappingVersion(sql: Sql, at: ConnectionAt, { customFields }: ConnectionSettings): Promise<void> {
  await sql.query(
    `INSERT INTO field_mapping (connection_id, version, tenant_id, mapping)
     SELECT $1, coalesce(max(version), 0) + 1, $2, $3::jsonb FROM field_mapping WHERE connection_id = $1`,
    [at.connectionId, at.tenantId, JSON.stringify(customFields)],
  )
}

/** What a changed filter or place makes worth another look, within what is open. */
async function followSettings(
  sql: Sql,
  at: ConnectionAt,
  before: ConnectionSettings,
  after: ConnectionSettings,
  open: ReadonlySet<WorkKind>,
): Promise<void> {
  const placeOf = ({ sink, feeds }: ConnectionSettings) => (sink === 'dataFeed' ? { sink, feeds } : { sink })
  const moved = !isDeepStrictEqual(placeOf(before), placeOf(after))
  // CB-01: whom nobody had selected catches up.
  if (before.scope === 'selected' && after.scope === 'all') await addAllRecords(sql, at, [...open], 'opened')
  if (moved) {
    // The new place has none of it yet: everything is written there as if for the first time.
    await dropObjectWrites(sql, at.connectionId)
    await sql.query(`UPDATE link SET state = '{"sent": null}' WHERE connection_id = $1 AND kind = ANY ($2)`, [
      at.connectionId,
      objectKinds,
    ])
    await addAllRecords(
      sql,
      at,
      objectKinds.filter((kind) => open.has(kind)),
      'opened',
    )
  } else if (!isDeepStrictEqual(before.itemFilter, after.itemFilter) && open.has('item')) {
    // BY-04: what leaves the shelf by it is looked at as a whole first; in the first upload nothing is.
    const { rows } = await sql.query<{ phase: string }>('SELECT phase FROM connection WHERE id = $1', [at.connectionId])
    await addAllRecords(sql, at, ['item'], rows[0]?.phase === 'live' ? 'filtered' : 'opened')
  }
}

/** PD-03, CO-13: who came while nothing came down is looked at when customers are to come down: all contacts are read once more. */
async function readPlatformAnew(sql: Sql, at: ConnectionAt): Promise<void> {
  await sql.query(`UPDATE connection SET ${readAllAnew} WHERE id = $1`, [at.connectionId])
  await sql.query(`DELETE FROM inbox WHERE connection_id = $1 AND origin = 'observation' AND status = 'done'`, [
    at.connectionId,
  ])
}

/** Puts another account in place of a connection's; its webhooks stay signed as they are. @throws `configuration` where there was none */
export function replaceAccount(
  db: Database,
  keyring: Keyring,
  at: ConnectionAt,
  account: ConnectionSecrets['account'],
): Promise<void> {
  return inTenant(db, at.tenantId, async (sql) => {
    const { webhookSecret } = await loadSecrets(sql, keyring, at.connectionId, { lock: true })
    await saveSecrets(sql, keyring, at, { account, webhookSecret })
  })
}

/** Reads a connection and keeps others from changing it until the transaction ends. @throws `not_found` */
export async function lockConnection(sql: Sql, at: ConnectionAt): Promise<Entitlement & { name: string; tier: Tier }> {
  const { rows } = await sql.query<EntitlementRow & { name: string; tier: string }>(
    `SELECT name, tier, ${entitlementColumns} FROM connection WHERE id = $1 FOR UPDATE`,
    [at.connectionId],
  )
  const row = rows[0]
  if (row === undefined) throw new JumpringError('not_found')
  return { ...entitlementOf(row), name: row.name, tier: tierSchema.parse(row.tier) }
}
