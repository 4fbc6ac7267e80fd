import { approvePreview } from '@jumpring/db'
import { connectionFor } from '../../../access.ts'
import { builder } from '../../../builder.ts'
import { Connection } from '../../connections/types.ts'

builder.mutationField('approvePreview', (t) =>
  t.field({
    type: Connection,
    errors: {},
    description: 'Lets the connection do what its preview shows, and go on by itself.',
    args: { connectionId: t.arg.id({ required: true }) },
    resolve: async (_root, { connectionId }, context) => {
      const { tenantId } = await connectionFor(context, 'connection.run', connectionId)
      await approvePreview(context.db, { tenantId, connectionId })
      await context.ring({ tenantId, connectionId }, 'ring')
      return connectionFor(context, 'connection.run', connectionId)
    },
  }),
)
