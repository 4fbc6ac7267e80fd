import { JumpringError } from '@jumpring/contracts'
import {
  type Connection,
  findConnection,
  findLicense,
  findTenant,
  type License,
  type Tenant,
  tenantOfConnection,
  tenantOfLicense,
} from '@jumpring/db'
import { z } from 'zod'
import type { Context } from './context.ts'
import { AccessError } from './errors.ts'
import { type Action, decide, type Target } from './policy.ts'
import { scopeOf, type Viewer } from './viewer.ts'

/** The viewer, if the action is theirs. Throws an access error, or `not_found` where the target is outside their scope. */
export function permit({ viewer }: Context, action: Action, target?: Target): Viewer {
  const decision = decide(viewer, action, target)
  if (decision === 'not_found') throw new JumpringError('not_found')
  if (viewer === null || decision !== 'allowed')
    throw new AccessError(viewer === null ? 'not_signed_in' : 'not_allowed')
  return viewer
}

/** The tenant, if it exists and the viewer may do this to it; else null. */
export async function tenantIfAny(context: Context, action: Action, tenantId: string): Promise<Tenant | null> {
  const viewer = permit(context, action)
  if (!isId(tenantId)) return null
  const tenant = await findTenant(context.db, scopeOf(viewer), tenantId)
  if (tenant === null) return null
  const target = { vendorId: tenant.vendorId, tenantId: tenant.id }
  return decide(viewer, action, target) === 'allowed' ? tenant : null
}

/** @throws `not_found` */
export async function tenantFor(context: Context, action: Action, tenantId: string): Promise<Tenant> {
  return (await tenantIfAny(context, action, tenantId)) ?? notFound()
}

/** The connection, if it exists and the viewer may do this to it; else null. */
export async function connectionIfAny(
  context: Context,
  action: Action,
  connectionId: string,
): Promise<Connection | null> {
  permit(context, action)
  if (!isId(connectionId)) return null
  const tenantId = await tenantOfConnection(context.db, connectionId)
  const tenant = tenantId === null ? null : await tenantIfAny(context, action, tenantId)
  return tenant && findConnection(context.db, { tenantId: tenant.id, connectionId })
}

/** @throws `not_found` */
export async function connectionFor(context: Context, action: Action, connectionId: string): Promise<Connection> {
  return (await connectionIfAny(context, action, connectionId)) ?? notFound()
}

/** The license, if it exists and the viewer may do this to it; else null. */
export async function licenseIfAny(context: Context, action: Action, licenseId: string): Promise<License | null> {
  permit(context, action)
  if (!isId(licenseId)) return null
  const tenantId = await tenantOfLicense(context.db, licenseId)
  const tenant = tenantId === null ? null : await tenantIfAny(context, action, tenantId)
  return tenant && findLicense(context.db, { tenantId: tenant.id, licenseId })
}

/** @throws `not_found` */
export async function licenseFor(context: Context, action: Action, licenseId: string): Promise<License> {
  return (await licenseIfAny(context, action, licenseId)) ?? notFound()
}

function notFound(): never {
  throw new JumpringError('not_found')
}

/** What is no UUID names nothing. */
const isId = (text: string): boolean => z.uuid().safeParse(text).success
