import { resumeConnection } from '@jumpring/db'
import { connectionFor } from '../../../access.ts'
import { builder } from '../../../builder.ts'
import { Connection } from '../types.ts'

builder.mutationField('resumeConnection', (t) =>
  t.field({
    type: Connection,
    errors: {},
    description: 'Goes on where it stopped, whoever or whatever paused it.',
    args: { connectionId: t.arg.id({ required: true }) },
    resolve: async (_root, { connectionId }, context) => {
      const { tenantId } = await connectionFor(context, 'connection.run', connectionId)
      await resumeConnection(context.db, { tenantId, connectionId })
      await context.ring({ tenantId, connectionId }, 'ring')
      return connectionFor(context, 'connection.run', connectionId)
    },
  }),
)
