import type { Scope } from '@jumpring/db'
import { z } from 'zod'

const userId = z.uuid()

/** Claims of a person's token: who signs in, as what, for whom. */
export const personClaimsSchema = z.discriminatedUnion('role', [
  z.object({ sub: userId, role: z.literal('operator') }),
  z.object({ sub: userId, role: z.literal('vendor'), vendorId: z.uuid() }),
  z.object({ sub: userId, role: z.literal('store'), tenantId: z.uuid() }),
])
export type PersonClaims = z.infer<typeof personClaimsSchema>

/** Who asks. */
export type Viewer = PersonClaims

export const roles = ['operator', 'vendor', 'store'] as const
export type Role = (typeof roles)[number]

/** What the database shows this person of the directory. */
export function scopeOf(viewer: Viewer): Scope {
  switch (viewer.role) {
    case 'operator':
      return { as: 'system' }
    case 'vendor':
      return { as: 'vendor', vendorId: viewer.vendorId }
    case 'store':
      return { as: 'tenant', tenantId: viewer.tenantId }
  }
}
