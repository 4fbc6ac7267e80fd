import { type Replay as ReplayRow, replayQuarantined } from '@jumpring/db'
import { z } from 'zod'
import { tenantFor } from '../../../access.ts'
import { builder } from '../../../builder.ts'
import { parseInput } from '../../../input.ts'

const Replay = builder.objectRef<ReplayRow>('Replay').implement({
  description: 'What became of one entry.',
  fields: (t) => ({
    id: t.exposeID('id'),
    replayed: t.boolean({ resolve: ({ outcome }) => outcome === 'replayed' }),
    code: t.string({ nullable: true, resolve: (replay) => (replay.outcome === 'refused' ? replay.code : null) }),
    message: t.string({ nullable: true, resolve: (replay) => (replay.outcome === 'refused' ? replay.message : null) }),
  }),
})

const Replays = builder.objectRef<{ replays: ReplayRow[] }>('Replays').implement({
  fields: (t) => ({ replays: t.expose('replays', { type: [Replay] }) }),
})

const replaySchema = z.object({ ids: z.array(z.uuid()).min(1).max(100) })

builder.mutationField('replayQuarantined', (t) =>
  t.field({
    type: Replays,
    errors: {},
    description: 'Tries entries of the quarantine again, each for itself.',
    args: { tenantId: t.arg.id({ required: true }), ids: t.arg.idList({ required: true }) },
    resolve: async (_root, args, context) => {
      const { id: tenantId } = await tenantFor(context, 'quarantine.replay', args.tenantId)
      const { ids } = parseInput(replaySchema, { ids: args.ids })
      const { replays, connectionIds } = await replayQuarantined(context.db, tenantId, ids)
      await Promise.all(connectionIds.map((connectionId) => context.ring({ tenantId, connectionId }, 'ring')))
      return { replays }
    },
  }),
)
