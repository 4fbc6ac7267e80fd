import { platformSchema, platforms } from '@jumpring/contracts'
import type { Vendor as VendorRow } from '@jumpring/db'
import { builder } from '../../builder.ts'

export const Platform = builder.enumType('Platform', { values: platforms })

export const Vendor = builder.objectRef<VendorRow>('Vendor').implement({
  description: 'Who sells the service: Podium or Clientbook.',
  fields: (t) => ({
    id: t.exposeID('id'),
    name: t.exposeString('name'),
    platform: t.field({ type: Platform, resolve: ({ platform }) => platformSchema.parse(platform) }),
  }),
})
