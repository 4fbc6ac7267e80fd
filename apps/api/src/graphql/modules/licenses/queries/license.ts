import { licenseIfAny } from '../../../access.ts'
import { builder } from '../../../builder.ts'
import { License } from '../types.ts'

builder.queryField('license', (t) =>
  t.field({
    type: License,
    nullable: true,
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, context) => licenseIfAny(context, 'license.read', id),
  }),
)
