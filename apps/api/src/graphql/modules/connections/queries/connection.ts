import { connectionIfAny } from '../../../access.ts'
import { builder } from '../../../builder.ts'
import { Connection } from '../types.ts'

builder.queryField('connection', (t) =>
  t.field({
    type: Connection,
    nullable: true,
    description: 'Null where there is none, or it is not yours to see.',
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, context) => connectionIfAny(context, 'tenant.read', id),
  }),
)
