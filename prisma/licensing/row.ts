import { JumpringError } from '@jumpring/contracts'
import { z } from 'zod'
import { holdIngest } from '../directory/worklist.ts'
import type { Sql } from '../scope.ts'

export const licenseStatuses = ['requested', 'signing', 'issued', 'active', 'expired', 'revoked', 'superseded'] as const
export type LicenseStatus = (typeof licenseStatuses)[number]

/** Names a license and whose it is. */
export interface LicenseAt {
  readonly tenantId: string
  readonly licenseId: string
}

/**
 * Keeps others from changing a connection and its licenses until the transaction ends, which this begins: whoever opens or closes
 * streams locks in this order (changeConnection).
 */
export async function holdLicenses(sql: Sql, at: { tenantId: string; connectionId: string }): Promise<void> {
  await holdIngest(sql, at.tenantId)
  await sql.query('SELECT FROM connection WHERE id = $1 FOR UPDATE', [at.connectionId])
}

const rowSchema = z.object({
  id: z.uuid(),
  tenant_id: z.uuid(),
  connection_id: z.uuid(),
  status: z.enum(licenseStatuses),
  serial: z.int().nullable(),
  valid_from: z.date().nullable(),
  valid_until: z.date().nullable(),
  reason: z.string().nullable(),
})
export type LicenseRow = z.infer<typeof rowSchema>

/** Reads a license and keeps others from changing it until the transaction ends. `sql` is in the tenant's scope. Null: there is none. */
export async function lockLicenseIfAny(sql: Sql, licenseId: string): Promise<LicenseRow | null> {
  const { rows } = await sql.query('SELECT * FROM license WHERE id = $1 FOR UPDATE', [licenseId])
  return rows[0] === undefined ? null : rowSchema.parse(rows[0])
}

/** @throws `not_found` */
export async function lockLicense(sql: Sql, licenseId: string): Promise<LicenseRow> {
  const row = await lockLicenseIfAny(sql, licenseId)
  if (row === null) throw new JumpringError('not_found')
  return row
}
