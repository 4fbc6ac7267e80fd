import { decideMerge, type UnclearMerge } from '@jumpring/db'
import { z } from 'zod'
import { tenantFor } from '../../../access.ts'
import { builder } from '../../../builder.ts'
import { parseInput } from '../../../input.ts'
import { deciderOf, ringAll } from '../types.ts'

const MergeChoice = builder.enumType('MergeChoice', {
  values: {
    MERGE: {
      value: 'merge',
      description: 'One person: who is former becomes who remains, on the platform as well. Not undone.',
    },
    APART: { value: 'apart', description: 'Two people. It may be changed to MERGE later.' },
  } as const,
})

const DecideMergeInput = builder.inputType('DecideMergeInput', {
  fields: (t) => ({
    tenantId: t.id({ required: true }),
    sourceId: t.id({ required: true }),
    former: t.string({ required: true, description: 'The number that may have become the other’s.' }),
    remaining: t.string({ required: true, description: 'Of the entry: its key.' }),
    decision: t.field({ type: MergeChoice, required: true }),
  }),
})

const MergeDecided = builder.objectRef<UnclearMerge>('MergeDecided').implement({
  fields: (t) => ({
    sourceId: t.exposeID('sourceId'),
    former: t.exposeString('former'),
    remaining: t.exposeString('remaining'),
  }),
})

const number = z.string().min(1).max(100)
const inputSchema = z.object({
  tenantId: z.string(),
  sourceId: z.uuid(),
  former: number,
  remaining: number,
  decision: z.enum(['merge', 'apart']),
})

builder.mutationField('decideMerge', (t) =>
  t.field({
    type: MergeDecided,
    errors: {},
    description: 'Says of an unclear_merge whether the two customers are one.',
    args: { input: t.arg({ type: DecideMergeInput, required: true }) },
    resolve: async (_root, args, context) => {
      const { id: tenantId } = await tenantFor(context, 'quarantine.replay', args.input.tenantId)
      const { decision, tenantId: _, ...unclear } = parseInput(inputSchema, args.input)
      const connectionIds = await decideMerge(context.db, tenantId, unclear, decision, deciderOf(context))
      await ringAll(context, tenantId, connectionIds)
      return unclear
    },
  }),
)
