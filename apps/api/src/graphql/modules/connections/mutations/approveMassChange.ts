import { approveMassChange } from '@jumpring/db'
import { connectionFor } from '../../../access.ts'
import { builder } from '../../../builder.ts'
import { Connection } from '../types.ts'

builder.mutationField('approveMassChange', (t) =>
  t.field({
    type: Connection,
    errors: {},
    description: 'Lets the changes through because of which the connection was paused (`mass_change`), and goes on.',
    args: { connectionId: t.arg.id({ required: true }) },
    resolve: async (_root, { connectionId }, context) => {
      const { tenantId } = await connectionFor(context, 'connection.run', connectionId)
      await approveMassChange(context.db, { tenantId, connectionId })
      await context.ring({ tenantId, connectionId }, 'ring')
      return connectionFor(context, 'connection.run', connectionId)
    },
  }),
)
