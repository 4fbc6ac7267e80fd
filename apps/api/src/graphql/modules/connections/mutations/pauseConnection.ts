import { pauseConnection } from '@jumpring/db'
import { connectionFor } from '../../../access.ts'
import { builder } from '../../../builder.ts'
import { Connection } from '../types.ts'

builder.mutationField('pauseConnection', (t) =>
  t.field({
    type: Connection,
    errors: {},
    description: 'Nothing is sent until it is resumed; what changes meanwhile waits.',
    args: { connectionId: t.arg.id({ required: true }) },
    resolve: async (_root, { connectionId }, context) => {
      const { tenantId } = await connectionFor(context, 'connection.run', connectionId)
      await pauseConnection(context.db, { tenantId, connectionId }, 'A person paused it.')
      return connectionFor(context, 'connection.run', connectionId)
    },
  }),
)
