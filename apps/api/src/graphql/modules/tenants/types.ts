import { findVendor, type Tenant as TenantRow } from '@jumpring/db'
import { builder } from '../../builder.ts'
import { decide } from '../../policy.ts'
import { scopeOf } from '../../viewer.ts'
import { Vendor } from '../vendors/types.ts'

/** Other modules add what a tenant has. */
export const Tenant = builder.objectRef<TenantRow>('Tenant').implement({
  description: 'A jewelry business.',
  fields: (t) => ({
    id: t.exposeID('id'),
    name: t.exposeString('name'),
    region: t.exposeString('region', { description: 'Country of phone numbers without a country code, `US`.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    vendor: t.field({
      type: Vendor,
      nullable: true,
      description: 'Null for store staff.',
      resolve: ({ vendorId }, _args, { db, viewer }) =>
        viewer !== null && decide(viewer, 'vendor.read', { vendorId }) === 'allowed'
          ? findVendor(db, scopeOf(viewer), vendorId)
          : null,
    }),
  }),
})

/** One page of tenants. */
export const TenantPage = builder.connectionObject({ type: Tenant, name: 'TenantPage' }, { name: 'TenantPageEdge' })
