import type { Connector } from '@jumpring/connector-kit'
import { connectorFor } from '@jumpring/connectors'
import { platformSchema } from '@jumpring/contracts'
import { type FreezeRestore, type UndoneMatchSeen, undoMatch } from '@jumpring/db'
import { z } from 'zod'
import { connectionFor } from '../../../access.ts'
import { builder } from '../../../builder.ts'
import { parseInput } from '../../../input.ts'
import { CustomerRefInput, deciderOf, UndoneMatch } from '../../duplicates/types.ts'

const MatchUndone = builder.objectRef<UndoneMatchSeen>('MatchUndone').implement({
  fields: (t) => ({
    decisionId: t.exposeID('id', { description: 'The two are kept apart by it, until it is undone.' }),
    undone: t.field({ type: UndoneMatch, resolve: (match) => match }),
  }),
})

const inputSchema = z.object({
  customer: z.strictObject({ sourceId: z.uuid(), key: z.string().min(1).max(100) }),
})

builder.mutationField('undoMatch', (t) =>
  t.field({
    type: MatchUndone,
    errors: {},
    description:
      'The contact that was taken for this customer’s is somebody else’s: it gets its own values back, and the two go their own ways.',
    args: {
      connectionId: t.arg.id({ required: true }),
      customer: t.arg({ type: CustomerRefInput, required: true }),
    },
    resolve: async (_root, args, context) => {
      const { tenantId, id, platform } = await connectionFor(context, 'quarantine.replay', args.connectionId)
      const { customer } = parseInput(inputSchema, { customer: args.customer })
      const at = { tenantId, connectionId: id }
      const freeze = freezeWith(connectorFor(platformSchema.parse(platform)))
      const undone = await undoMatch(context.db, at, customer, deciderOf(context), freeze)
      await context.ring(at, 'ring')
      return undone
    },
  }),
)

function freezeWith(connector: Connector): FreezeRestore {
  return ({ uid, restore, written, identifiers: methods, labels, acquisitionField }) => {
    const identifiers = connector.identity === 'externalId' ? [uid] : methods
    if (Object.keys(written).length === 0) return null
    if (connector.freezeRestore) return connector.freezeRestore(restore, written, identifiers, labels)
    return Object.keys(restore).length === 0 ? null : connector.freezeUpdate(restore, identifiers, acquisitionField)
  }
}
