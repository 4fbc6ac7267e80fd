import type { Person } from '@jumpring/db'
import { z } from 'zod'
import { builder } from '../../builder.ts'
import { roles } from '../../viewer.ts'

export const Role = builder.enumType('Role', {
  description: 'operator: runs the service. vendor: staff of a vendor. store: staff of a jewelry business.',
  values: roles,
})

export const User = builder.objectRef<Person>('User').implement({
  description: 'A person who signs in. Vendor staff have a vendor, store staff a tenant.',
  fields: (t) => ({
    id: t.exposeID('id'),
    email: t.exposeString('email'),
    role: t.field({ type: Role, resolve: ({ role }) => z.enum(roles).parse(role) }),
    vendorId: t.exposeID('vendorId', { nullable: true }),
    tenantId: t.exposeID('tenantId', { nullable: true }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
  }),
})

/** Kept and looked up in lower case: people do not remember how they wrote it. */
export const emailSchema = z.string().trim().toLowerCase().pipe(z.email().max(254))
