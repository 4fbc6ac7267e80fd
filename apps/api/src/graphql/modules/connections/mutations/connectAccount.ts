import { connectorFor } from '@jumpring/connectors'
import { platformSchema } from '@jumpring/contracts'
import { replaceAccount } from '@jumpring/db'
import { connectionFor } from '../../../access.ts'
import { builder } from '../../../builder.ts'
import { Connection } from '../types.ts'

builder.mutationField('connectAccount', (t) =>
  t.field({
    type: Connection,
    errors: {},
    description: 'Connects the account on the platform again, after `auth` has paused the connection; then resume it.',
    args: {
      connectionId: t.arg.id({ required: true }),
      secrets: t.arg({ type: 'JSON', required: true, description: 'As for createConnection.' }),
    },
    resolve: async (_root, { connectionId, secrets }, context) => {
      const connection = await connectionFor(context, 'connection.connectAccount', connectionId)
      const account = connectorFor(platformSchema.parse(connection.platform)).parseSecrets(secrets)
      await replaceAccount(context.db, context.keyring, { tenantId: connection.tenantId, connectionId }, account)
      return connection
    },
  }),
)
