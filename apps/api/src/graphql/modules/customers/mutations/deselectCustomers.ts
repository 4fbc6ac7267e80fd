import { deselectCustomers } from '@jumpring/db'
import { connectionFor } from '../../../access.ts'
import { builder } from '../../../builder.ts'
import { deciderOf } from '../../duplicates/types.ts'
import { ChosenCustomersInput, chosenOf } from '../chosen.ts'
import { SelectionChanged } from '../types.ts'

builder.mutationField('deselectCustomers', (t) =>
  t.field({
    type: SelectionChanged,
    errors: {},
    description: 'Nothing of these customers goes either way any more, but for opt-outs; nothing is deleted.',
    args: { input: t.arg({ type: ChosenCustomersInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      const { tenantId, id: connectionId } = await connectionFor(context, 'customer.select', input.connectionId)
      const at = { tenantId, connectionId }
      const change = await deselectCustomers(context.db, at, chosenOf(input), deciderOf(context))
      await context.ring(at, 'ring')
      return change
    },
  }),
)
