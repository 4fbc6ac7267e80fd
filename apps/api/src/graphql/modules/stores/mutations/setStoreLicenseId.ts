import { storeLicenseIdSchema } from '@jumpring/contracts'
import { setStoreLicenseId } from '@jumpring/db'
import { z } from 'zod'
import { tenantFor } from '../../../access.ts'
import { builder } from '../../../builder.ts'
import { parseInput } from '../../../input.ts'
import { Source } from '../types.ts'

const inputSchema = z.object({ sourceId: z.uuid(), storeLicenseId: storeLicenseIdSchema })

builder.mutationField('setStoreLicenseId', (t) =>
  t.field({
    type: Source,
    errors: {},
    description:
      "Says which store license id a store's Edge has: the name of its EDT folder. Its licenses are issued for this one.",
    args: {
      tenantId: t.arg.id({ required: true }),
      sourceId: t.arg.id({ required: true }),
      storeLicenseId: t.arg.string({ required: true }),
    },
    resolve: async (_root, args, context) => {
      const tenant = await tenantFor(context, 'source.change', args.tenantId)
      const { sourceId, storeLicenseId } = parseInput(inputSchema, args)
      return setStoreLicenseId(context.db, tenant.id, { id: sourceId, storeLicenseId })
    },
  }),
)
