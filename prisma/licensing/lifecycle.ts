import { type Platform, platformSchema, type Tier, tierSchema } from '@jumpring/contracts'
import { z } from 'zod'
import { changeConnection } from '../directory/connections.ts'
import { inTenantPastDeadlocks } from '../directory/deadlock.ts'
import { type Database, inScope, inTenant } from '../scope.ts'
import { type AlertKind, raiseAlert, resolveAlerts } from './alerts.ts'
import { holdLicenses, type LicenseAt, licenseStatuses, lockLicense } from './row.ts'

// What a license's workflow does with the database. It holds ids only; what it decides by is read here, and every step can be repeated.

const seenSchema = z.object({
  id: z.uuid(),
  tenant_id: z.uuid(),
  tenant_name: z.string(),
  connection_id: z.uuid(),
  store: z.string().nullable(),
  platform: platformSchema,
  tier: tierSchema,
  web_store: z.boolean(),
  status: z.enum(licenseStatuses),
  serial: z.int().nullable(),
  valid_from: z.date().nullable(),
  valid_until: z.date().nullable(),
  file: z.string().nullable(),
  mail_to: z.string(),
  mailed_at: z.date().nullable(),
  reminded_days: z.array(z.int()),
  reason: z.string().nullable(),
  told_at: z.date().nullable(),
})

/** A license with all that its steps need. */
export interface LicenseSeen {
  readonly id: string
  readonly tenantId: string
  readonly tenantName: string
  readonly connectionId: string
  readonly store: string | null
  readonly platform: Platform
  readonly tier: Tier
  readonly webStore: boolean
  readonly status: (typeof licenseStatuses)[number]
  readonly serial: number | null
  readonly from: Date | null
  readonly until: Date | null
  readonly file: string | null
  readonly mailTo: string
  readonly mailed: boolean
  readonly remindedDays: readonly number[]
  readonly reason: string | null
  /** The store knows of its end. */
  readonly told: boolean
}

/** The license as it stands; null: there is none (any more). With `look`, it is noted that its workflow has seen it so. */
export function seeLicense(db: Database, at: LicenseAt, look = false): Promise<LicenseSeen | null> {
  return inTenant(db, at.tenantId, async (sql) => {
    if (look) await sql.query('UPDATE license SET looked_at = now() WHERE id = $1', [at.licenseId])
    const { rows } = await sql.query(
      `SELECT l.*, t.name AS tenant_name, s.store_license_id AS store, c.platform
       FROM license l JOIN tenant t ON t.id = l.tenant_id JOIN source s ON s.id = l.source_id JOIN connection c ON c.id = l.connection_id
       WHERE l.id = $1`,
      [at.licenseId],
    )
    if (rows[0] === undefined) return null
    const row = seenSchema.parse(rows[0])
    return {
      id: row.id,
      tenantId: row.tenant_id,
      tenantName: row.tenant_name,
      connectionId: row.connection_id,
      store: row.store,
      platform: row.platform,
      tier: row.tier,
      webStore: row.web_store,
      status: row.status,
      serial: row.serial,
      from: row.valid_from,
      until: row.valid_until,
      file: row.file,
      mailTo: row.mail_to,
      mailed: row.mailed_at !== null,
      remindedDays: row.reminded_days,
      reason: row.reason,
      told: row.told_at !== null,
    }
  })
}

/** Keeps the signed file; the first one, should it have been signed twice. */
export async function keepLicenseFile(db: Database, at: LicenseAt, file: string): Promise<void> {
  await inTenant(db, at.tenantId, (sql) =>
    sql.query(
      `UPDATE license SET file = $2, status = 'issued', issued_at = now(), changed_at = clock_timestamp() WHERE id = $1 AND status = 'signing'`,
      [at.licenseId, file],
    ),
  )
}

export async function noteLicenseMailed(db: Database, at: LicenseAt): Promise<void> {
  await inTenant(db, at.tenantId, (sql) =>
    sql.query('UPDATE license SET mailed_at = now() WHERE id = $1', [at.licenseId]),
  )
}

export async function noteLicenseReminded(db: Database, at: LicenseAt, days: number): Promise<void> {
  await inTenant(db, at.tenantId, (sql) =>
    sql.query('UPDATE license SET reminded_days = array_append(reminded_days, $2) WHERE id = $1', [at.licenseId, days]),
  )
}

export async function noteLicenseTold(db: Database, at: LicenseAt): Promise<void> {
  await inTenant(db, at.tenantId, (sql) =>
    sql.query('UPDATE license SET told_at = now() WHERE id = $1', [at.licenseId]),
  )
}

export async function alertOfLicense(
  db: Database,
  { id, tenantId, connectionId }: LicenseSeen,
  kind: AlertKind,
  message: string,
): Promise<void> {
  await inTenant(db, tenantId, (sql) => raiseAlert(sql, { tenantId, connectionId, licenseId: id, kind, message }))
}

/**
 * Ends a license whose time is over: its streams close, nothing is deleted. One that is no longer issued or active stays as it is.
 * @param message of the alert that the end of an active one raises
 */
export async function expireLicense(
  db: Database,
  at: LicenseAt & { connectionId: string },
  message: string,
): Promise<void> {
  const { tenantId, licenseId, connectionId } = at
  await inTenantPastDeadlocks(db, tenantId, async (sql) => {
    await holdLicenses(sql, { tenantId, connectionId })
    const { status } = await lockLicense(sql, licenseId)
    if (status !== 'issued' && status !== 'active') return
    await sql.query(
      `UPDATE license SET status = 'expired', ended_at = now(), changed_at = clock_timestamp() WHERE id = $1`,
      [licenseId],
    )
    if (status !== 'active') return
    await changeConnection(sql, { tenantId, connectionId }, () => ({ licensedTier: null }))
    await resolveAlerts(sql, connectionId, ['license_ending'])
    await raiseAlert(sql, { tenantId, connectionId, licenseId, kind: 'license_expired', message })
  })
}

/** Licenses whose workflow should look: the ring of a change was lost, or nobody has rung for a day and the workflow may be lost itself. */
export function licensesToRing(db: Database): Promise<LicenseAt[]> {
  return inScope(db, { as: 'system' }, async (sql) => {
    const { rows } = await sql.query<{ id: string; tenant_id: string }>(
      `SELECT id, tenant_id FROM license
       WHERE (status IN ('requested', 'signing', 'issued', 'active') OR told_at IS NULL AND status IN ('expired', 'revoked'))
         AND (looked_at IS NULL OR looked_at < changed_at OR looked_at < now() - interval '1 day' OR valid_until BETWEEN looked_at AND now())
         AND changed_at < now() - interval '2 seconds'`,
    )
    return rows.map((row) => ({ tenantId: row.tenant_id, licenseId: row.id }))
  })
}
