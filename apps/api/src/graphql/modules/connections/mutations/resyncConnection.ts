import { resyncConnection } from '@jumpring/db'
import { connectionFor } from '../../../access.ts'
import { builder } from '../../../builder.ts'
import { Connection } from '../types.ts'

builder.mutationField('resyncConnection', (t) =>
  t.field({
    type: Connection,
    errors: {},
    description:
      'Has every record looked at again, behind live changes. What staff changed on the platform stays, as ever.',
    args: { connectionId: t.arg.id({ required: true }) },
    resolve: async (_root, { connectionId }, context) => {
      const connection = await connectionFor(context, 'connection.run', connectionId)
      const at = { tenantId: connection.tenantId, connectionId }
      await resyncConnection(context.db, at)
      await context.ring(at, 'ring')
      return connection
    },
  }),
)
