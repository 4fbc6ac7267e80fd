import { JumpringError } from '@jumpring/contracts'
import { tryNow } from '@jumpring/db'
import { connectionFor } from '../../../access.ts'
import { builder } from '../../../builder.ts'
import { Connection } from '../types.ts'

builder.mutationField('runConnectionNow', (t) =>
  t.field({
    type: Connection,
    errors: {},
    description: 'Runs at once and asks the platform for its changes too.',
    args: { connectionId: t.arg.id({ required: true }) },
    resolve: async (_root, { connectionId }, context) => {
      const connection = await connectionFor(context, 'connection.run', connectionId)
      if (connection.status === 'paused') throw new JumpringError('conflict', 'It is paused; resume it first.')
      await tryNow(context.db, { tenantId: connection.tenantId, connectionId })
      await context.ring({ tenantId: connection.tenantId, connectionId }, 'runNow')
      return connection
    },
  }),
)
