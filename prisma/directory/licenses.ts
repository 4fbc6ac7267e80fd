import { JumpringError, lesserTier, type Tier } from '@jumpring/contracts'
import type { License, Prisma } from '../generated/client.ts'
import { resolveAlerts } from '../licensing/alerts.ts'
import { holdLicenses, type LicenseAt, type LicenseStatus, lockLicense } from '../licensing/row.ts'
import { type Database, inDirectory, inTenant, type Sql } from '../scope.ts'
import { type ConnectionAt, changeConnection } from './connections.ts'
import { inTenantPastDeadlocks } from './deadlock.ts'

export type { License }

/** What is asked for. */
export interface LicenseOrder {
  readonly tier: Tier
  readonly webStore: boolean
  /** In which store it is to be installed; null: the tenant's only one. */
  readonly sourceId: string | null
  readonly mailTo: string
  /** The person who asks. */
  readonly by: string
}

/**
 * Orders a tier for a connection: a license of it is asked of the operator. A lesser tier than the licensed one counts at once.
 * @returns the license's id
 * @throws `not_found`; `conflict` while another order is under way or the store has no license id yet
 */
export async function requestLicense(db: Database, at: ConnectionAt, order: LicenseOrder): Promise<string> {
  return inTenantPastDeadlocks(db, at.tenantId, async (sql) => {
    await holdLicenses(sql, at)
    const sourceId = await storeOf(sql, order.sourceId)
    const { rows } = await sql.query<{ id: string }>(
      `INSERT INTO license (tenant_id, connection_id, source_id, tier, web_store, mail_to, requested_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (connection_id) WHERE status IN ('requested', 'signing') DO NOTHING RETURNING id`,
      [at.tenantId, at.connectionId, sourceId, order.tier, order.webStore, order.mailTo, order.by],
    )
    if (rows[0] === undefined)
      throw new JumpringError(
        'conflict',
        'A license is asked for already: revoke that request, or wait until it is issued.',
      )
    await changeConnection(sql, at, ({ licensedTier }) => ({
      tier: order.tier,
      licensedTier: licensedTier && lesserTier(licensedTier, order.tier),
    }))
    return rows[0].id
  })
}

/** The store that is meant: the one that is named, or the only one of which a license id is known. */
async function storeOf(sql: Sql, wanted: string | null): Promise<string> {
  const { rows } = await sql.query<{ id: string; known: boolean }>(
    `SELECT id, store_license_id IS NOT NULL AS known FROM source
     WHERE id = $1 OR $1::uuid IS NULL AND store_license_id IS NOT NULL`,
    [wanted],
  )
  const [source, another] = rows
  if (source === undefined && wanted !== null) throw new JumpringError('not_found', 'The tenant has no such source.')
  if (!source?.known)
    throw new JumpringError(
      'conflict',
      "The store's license id is not known yet: enter the name of its EDT folder first.",
    )
  if (another !== undefined)
    throw new JumpringError(
      'invalid_input',
      'The tenant has several stores: say in which the license is to be installed.',
    )
  return source.id
}

/**
 * The operator issues what was asked for: it is signed and mailed by its workflow.
 * @throws `not_found`; `conflict` when it is not waiting to be issued
 */
export async function issueLicense(
  db: Database,
  at: LicenseAt,
  issue: { from: Date; until: Date; by: string },
): Promise<void> {
  const connectionId = await connectionOf(db, at)
  await inTenant(db, at.tenantId, async (sql) => {
    await holdLicenses(sql, { tenantId: at.tenantId, connectionId })
    const { status } = await lockLicense(sql, at.licenseId)
    if (status !== 'requested') throw new JumpringError('conflict', 'The license does not wait to be issued.')
    await sql.query(
      `UPDATE license SET status = 'signing', valid_from = $2, valid_until = $3, issued_by = $4, changed_at = clock_timestamp(),
         serial = (SELECT coalesce(max(serial), 0) + 1 FROM license WHERE connection_id = $5)
       WHERE id = $1`,
      [at.licenseId, issue.from, issue.until, issue.by, connectionId],
    )
    await resolveAlerts(sql, connectionId, ['license_requested'])
  })
}

/**
 * Takes a license back, or what was asked for: streams of an active one close at once, nothing is deleted.
 * @returns its connection's id
 * @throws `not_found`; `conflict` when it is over already
 */
export async function revokeLicense(
  db: Database,
  at: LicenseAt,
  revoke: { reason: string; by: string },
): Promise<string> {
  const connectionId = await connectionOf(db, at)
  await inTenantPastDeadlocks(db, at.tenantId, async (sql) => {
    const connection = { tenantId: at.tenantId, connectionId }
    await holdLicenses(sql, connection)
    const { status } = await lockLicense(sql, at.licenseId)
    if (status === 'expired' || status === 'revoked' || status === 'superseded')
      throw new JumpringError('conflict', 'The license is over already.')
    await sql.query(
      `UPDATE license SET status = 'revoked', reason = $2, ended_by = $3, ended_at = now(), changed_at = clock_timestamp() WHERE id = $1`,
      [at.licenseId, revoke.reason, revoke.by],
    )
    if (status === 'requested') await resolveAlerts(sql, connectionId, ['license_requested'])
    if (status !== 'active') return
    await resolveAlerts(sql, connectionId, ['license_ending'])
    await changeConnection(sql, connection, () => ({ licensedTier: null }))
  })
  return connectionId
}

async function connectionOf(db: Database, at: LicenseAt): Promise<string> {
  const license = await findLicense(db, at)
  if (license === null) throw new JumpringError('not_found')
  return license.connectionId
}

/** Whose a license is; for callers who then ask whether the viewer may know. */
export async function tenantOfLicense(db: Database, licenseId: string): Promise<string | null> {
  const found = await inDirectory(db, { as: 'system' }, (directory) =>
    directory.license.findUnique({ where: { id: licenseId }, select: { tenantId: true } }),
  )
  return found?.tenantId ?? null
}

export function findLicense(db: Database, at: LicenseAt): Promise<License | null> {
  return inDirectory(db, { as: 'tenant', tenantId: at.tenantId }, (directory) =>
    directory.license.findUnique({ where: { id: at.licenseId } }),
  )
}

/** The license that a connection runs on. */
export function activeLicense(db: Database, at: ConnectionAt): Promise<License | null> {
  return inDirectory(db, { as: 'tenant', tenantId: at.tenantId }, (directory) =>
    directory.license.findFirst({ where: { connectionId: at.connectionId, status: 'active' } }),
  )
}

/** One page of a tenant's licenses, newest first. */
export function listLicenses(
  db: Database,
  tenantId: string,
  wanted: {
    limit: number
    connectionId?: string | undefined
    status?: LicenseStatus | undefined
    after?: { value: string; id: string } | undefined
  },
): Promise<License[]> {
  const { after, connectionId, status } = wanted
  const where: Prisma.LicenseWhereInput = {
    ...(connectionId !== undefined && { connectionId }),
    ...(status !== undefined && { status }),
    ...(after !== undefined && {
      OR: [{ requestedAt: { lt: after.value } }, { requestedAt: after.value, id: { lt: after.id } }],
    }),
  }
  return inDirectory(db, { as: 'tenant', tenantId }, (directory) =>
    directory.license.findMany({ where, orderBy: [{ requestedAt: 'desc' }, { id: 'desc' }], take: wanted.limit }),
  )
}
