import { joinDuplicates } from '@jumpring/db'
import { z } from 'zod'
import { tenantFor } from '../../../access.ts'
import { builder } from '../../../builder.ts'
import { parseInput } from '../../../input.ts'
import { CustomerRefInput, customersSchema, DuplicateDecided, deciderOf, ringAll } from '../types.ts'

const inputSchema = z.object({ customers: customersSchema })

builder.mutationField('joinDuplicates', (t) =>
  t.field({
    type: DuplicateDecided,
    errors: {},
    description: 'These customers are one person. Nothing is written into The Edge: merging there is done by hand.',
    args: {
      tenantId: t.arg.id({ required: true }),
      customers: t.arg({ type: [CustomerRefInput], required: true }),
    },
    resolve: async (_root, args, context) => {
      const { id: tenantId } = await tenantFor(context, 'quarantine.replay', args.tenantId)
      const { customers } = parseInput(inputSchema, { customers: args.customers })
      const decided = await joinDuplicates(context.db, tenantId, customers, deciderOf(context))
      await ringAll(context, tenantId, decided.connectionIds)
      return decided
    },
  }),
)
