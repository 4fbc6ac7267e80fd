import { tenantIfAny } from '../../../access.ts'
import { builder } from '../../../builder.ts'
import { Tenant } from '../types.ts'

builder.queryField('tenant', (t) =>
  t.field({
    type: Tenant,
    nullable: true,
    description: 'Null where there is none, or it is not yours to see.',
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, context) => tenantIfAny(context, 'tenant.read', id),
  }),
)
