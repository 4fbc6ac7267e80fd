import type { Role, Viewer } from './viewer.ts'

/** Who may do what, within their own scope. */
const rolesOf = {
  'vendor.read': ['operator', 'vendor'],
  'vendor.create': ['operator'],
  'user.create.operator': ['operator'],
  'user.create.vendor': ['operator'],
  'user.create.store': ['operator', 'vendor'],
  'tenant.read': ['operator', 'vendor', 'store'],
  'tenant.create': ['operator', 'vendor'],
  'store.create': ['operator', 'vendor'],
  'agent.enroll': ['operator', 'vendor', 'store'],
  'connection.create': ['operator', 'vendor'],
  'connection.connectAccount': ['operator', 'vendor'],
  'connection.change': ['operator', 'vendor', 'store'],
  'connection.run': ['operator', 'vendor', 'store'],
  'customer.select': ['operator', 'vendor', 'store'],
  'source.change': ['operator', 'vendor', 'store'],
  'license.read': ['operator', 'vendor', 'store'],
  'license.request': ['operator', 'vendor'],
  'license.issue': ['operator'],
  'license.revoke': ['operator', 'vendor'],
  'alert.read': ['operator', 'vendor'],
  'quarantine.replay': ['operator', 'vendor', 'store'],
} as const satisfies Record<string, readonly Role[]>

export type Action = keyof typeof rolesOf

/** What an action is done to: a vendor, or a tenant of one. */
export interface Target {
  readonly vendorId: string
  /** Absent where the target is the vendor itself. */
  readonly tenantId?: string
}

export type Decision = 'allowed' | 'not_signed_in' | 'not_allowed' | 'not_found'

/**
 * The one place that decides: role × action × scope. A role that may not is told so whatever it names; what lies outside the
 * viewer's scope is `not_found`, as if it did not exist.
 */
export function decide(viewer: Viewer | null, action: Action, target?: Target): Decision {
  if (viewer === null) return 'not_signed_in'
  const allowed: readonly Role[] = rolesOf[action]
  if (!allowed.includes(viewer.role)) return 'not_allowed'
  return target === undefined || reaches(viewer, target) ? 'allowed' : 'not_found'
}

function reaches(viewer: Viewer, target: Target): boolean {
  switch (viewer.role) {
    case 'operator':
      return true
    case 'vendor':
      return viewer.vendorId === target.vendorId
    case 'store':
      return viewer.tenantId === target.tenantId
  }
}
