import { tierSchema } from '@jumpring/contracts'
import { updateConnection } from '@jumpring/db'
import { z } from 'zod'
import { connectionFor, permit } from '../../../access.ts'
import { builder } from '../../../builder.ts'
import { parseInput } from '../../../input.ts'
import { ConnectionSettingsInput, settingsAfter } from '../settings.ts'
import { Connection, Tier } from '../types.ts'

const UpdateConnectionInput = builder.inputType('UpdateConnectionInput', {
  description: 'What is left out stays as it is.',
  fields: (t) => ({
    connectionId: t.id({ required: true }),
    name: t.string(),
    tier: t.field({ type: Tier, description: "The vendor's and the operator's to choose." }),
    settings: t.field({ type: ConnectionSettingsInput }),
  }),
})

const updateConnectionSchema = z.object({
  name: z.string().trim().min(1).max(100).optional(),
  tier: tierSchema.optional(),
})

builder.mutationField('updateConnection', (t) =>
  t.field({
    type: Connection,
    errors: {},
    description: 'What a stream or a tier opens catches up; what it closes is left as it is, on both sides.',
    args: { input: t.arg({ type: UpdateConnectionInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      if (input.tier) permit(context, 'connection.setTier')
      const { tenantId, id: connectionId } = await connectionFor(context, 'connection.change', input.connectionId)
      const { name, tier } = parseInput(updateConnectionSchema, input)
      const at = { tenantId, connectionId }
      await updateConnection(context.db, at, (now) => ({
        name: name ?? now.name,
        tier: tier ?? now.tier,
        settings: settingsAfter(now.settings, input.settings),
      }))
      await context.ring(at, 'ring')
      return connectionFor(context, 'connection.change', connectionId)
    },
  }),
)
