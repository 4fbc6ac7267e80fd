import { platformSchema } from '@jumpring/contracts'
import { updateConnection } from '@jumpring/db'
import { z } from 'zod'
import { connectionFor } from '../../../access.ts'
import { builder } from '../../../builder.ts'
import { parseInput } from '../../../input.ts'
import { ConnectionSettingsInput, checkSettings, settingsAfter } from '../settings.ts'
import { Connection } from '../types.ts'

const UpdateConnectionInput = builder.inputType('UpdateConnectionInput', {
  description: 'What is left out stays as it is.',
  fields: (t) => ({
    connectionId: t.id({ required: true }),
    name: t.string(),
    settings: t.field({ type: ConnectionSettingsInput }),
  }),
})

const updateConnectionSchema = z.object({
  name: z.string().trim().min(1).max(100).optional(),
})

builder.mutationField('updateConnection', (t) =>
  t.field({
    type: Connection,
    errors: {},
    description:
      'What is switched on catches up; what is switched off is left as it is, on both sides. Tiers are ordered by requestLicense.',
    args: { input: t.arg({ type: UpdateConnectionInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      const connection = await connectionFor(context, 'connection.change', input.connectionId)
      const { tenantId, id: connectionId } = connection
      const { name } = parseInput(updateConnectionSchema, input)
      await checkSettings(context, { tenantId, platform: platformSchema.parse(connection.platform) }, input.settings)
      const at = { tenantId, connectionId }
      await updateConnection(context.db, at, (now) => ({
        name: name ?? now.name,
        settings: settingsAfter(now.settings, input.settings),
      }))
      await context.ring(at, 'ring')
      return connectionFor(context, 'connection.change', connectionId)
    },
  }),
)
