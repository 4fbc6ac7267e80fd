import {
  checkLicense,
  type InstallAnswer,
  JumpringError,
  type License,
  lesserTier,
  platformSchema,
  readLicense,
} from '@jumpring/contracts'
import type { AgentIdentity } from '../agents.ts'
import { changeConnection } from '../directory/connections.ts'
import { inTenantPastDeadlocks } from '../directory/deadlock.ts'
import type { Database, Sql } from '../scope.ts'
import { resolveAlerts } from './alerts.ts'
import { listLicenseKeys } from './keys.ts'
import { holdLicenses, type LicenseRow, lockLicenseIfAny } from './row.ts'

/** What installing a license has touched: both licenses' workflows and the connection are to be rung. */
export interface Installed {
  readonly answer: InstallAnswer
  readonly connectionId: string
  readonly licenseIds: readonly string[]
}

/**
 * Installs a license in the store of an agent: verified here once more, whatever the agent found. Opens what its tier includes, and
 * ends the license that was active. Repeating it is harmless.
 * @throws the `license_…` code that says why it is refused
 */
export async function installLicense(db: Database, agent: AgentIdentity, file: string, now: Date): Promise<Installed> {
  const license = await readLicense(file, await listLicenseKeys(db))
  return inTenantPastDeadlocks(db, agent.tenantId, async (sql) => {
    const { connectionId } = license
    await holdLicenses(sql, { tenantId: agent.tenantId, connectionId })
    await checkPlace(sql, agent, license, now)
    const row = await lockLicenseIfAny(sql, license.id)
    if (row === null) throw new JumpringError('license_unknown')
    const ended = row.status === 'active' ? [] : await activate(sql, agent, license, row)
    const { platform, tier, until } = license
    return { answer: { platform, tier, until }, connectionId, licenseIds: [license.id, ...ended] }
  })
}

/** Everything that the license says of where and when, and which license is installed now. */
async function checkPlace(sql: Sql, agent: AgentIdentity, license: License, now: Date): Promise<void> {
  const { rows } = await sql.query<{ store: string | null; platform: string | null; serial: number | null }>(
    `SELECT s.store_license_id AS store, c.platform, l.serial FROM source s
     LEFT JOIN connection c ON c.id = $2
     LEFT JOIN license l ON l.connection_id = c.id AND l.status = 'active'
     WHERE s.id = $1`,
    [agent.sourceId, license.connectionId],
  )
  const place = rows[0]
  if (place === undefined) throw new JumpringError('agent_unknown')
  checkLicense(license, {
    tenantId: agent.tenantId,
    storeLicenseId: place.store,
    platforms: place.platform === null ? [] : [platformSchema.parse(place.platform)],
    now,
    ...(place.serial !== null && { installedSerial: place.serial }),
  })
}

/** @returns the ids of the licenses that this one takes the place of */
async function activate(sql: Sql, agent: AgentIdentity, license: License, row: LicenseRow): Promise<string[]> {
  if (row.status === 'revoked')
    throw new JumpringError('license_revoked', row.reason ? `The license was revoked: ${row.reason}` : undefined)
  if (row.status === 'expired') throw new JumpringError('license_expired')
  if (row.status === 'superseded') throw new JumpringError('license_superseded')
  if (row.status !== 'issued') throw new JumpringError('license_unknown')
  const { rows } = await sql.query<{ id: string }>(
    `UPDATE license SET status = 'superseded', ended_at = now(), changed_at = clock_timestamp()
     WHERE connection_id = $1 AND id <> $2 AND (status = 'active' OR status = 'issued' AND serial < $3) RETURNING id`,
    [license.connectionId, license.id, license.serial],
  )
  await sql.query(
    `UPDATE license SET status = 'active', installed_at = now(), changed_at = clock_timestamp() WHERE id = $1`,
    [license.id],
  )
  await resolveAlerts(sql, license.connectionId, ['license_ending', 'license_expired'])
  const at = { tenantId: agent.tenantId, connectionId: license.connectionId }
  // What was ordered less since counts, whatever the file says.
  await changeConnection(sql, at, ({ tier }) => ({ licensedTier: lesserTier(tier, license.tier) }))
  return rows.map(({ id }) => id)
}
