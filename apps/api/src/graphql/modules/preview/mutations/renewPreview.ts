import { renewPreview } from '@jumpring/db'
import { connectionFor } from '../../../access.ts'
import { builder } from '../../../builder.ts'
import { Connection } from '../../connections/types.ts'

builder.mutationField('renewPreview', (t) =>
  t.field({
    type: Connection,
    errors: {},
    description:
      'Has the preview made once more, after data have changed; other settings have that done by themselves. Only before the connection runs.',
    args: { connectionId: t.arg.id({ required: true }) },
    resolve: async (_root, { connectionId }, context) => {
      const { tenantId } = await connectionFor(context, 'connection.run', connectionId)
      await renewPreview(context.db, { tenantId, connectionId })
      await context.ring({ tenantId, connectionId }, 'ring')
      return connectionFor(context, 'connection.run', connectionId)
    },
  }),
)
