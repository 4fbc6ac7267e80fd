import { undoDuplicateDecision } from '@jumpring/db'
import { z } from 'zod'
import { tenantFor } from '../../../access.ts'
import { builder } from '../../../builder.ts'
import { parseInput } from '../../../input.ts'
import { DuplicateDecided, deciderOf, ringAll } from '../types.ts'

const inputSchema = z.object({ id: z.uuid() })

builder.mutationField('undoDuplicateDecision', (t) =>
  t.field({
    type: DuplicateDecided,
    errors: {},
    description: 'Takes a decision back: its customers are looked at as if it had not been.',
    args: { tenantId: t.arg.id({ required: true }), id: t.arg.id({ required: true }) },
    resolve: async (_root, args, context) => {
      const { id: tenantId } = await tenantFor(context, 'quarantine.replay', args.tenantId)
      const { id } = parseInput(inputSchema, { id: args.id })
      const undone = await undoDuplicateDecision(context.db, tenantId, id, deciderOf(context))
      await ringAll(context, tenantId, undone.connectionIds)
      return undone
    },
  }),
)
