import { listVendors } from '@jumpring/db'
import { permit } from '../../../access.ts'
import { builder } from '../../../builder.ts'
import { scopeOf } from '../../../viewer.ts'
import { Vendor } from '../types.ts'

builder.queryField('vendors', (t) =>
  t.field({
    type: [Vendor],
    description: 'By name; vendor staff see their own. Not paged: there is one for each platform that is sold.',
    resolve: (_root, _args, context) => listVendors(context.db, scopeOf(permit(context, 'vendor.read'))),
  }),
)
