import { selectCustomers } from '@jumpring/db'
import { connectionFor } from '../../../access.ts'
import { builder } from '../../../builder.ts'
import { deciderOf } from '../../duplicates/types.ts'
import { ChosenCustomersInput, chosenOf } from '../chosen.ts'
import { SelectionChanged } from '../types.ts'

builder.mutationField('selectCustomers', (t) =>
  t.field({
    type: SelectionChanged,
    errors: {},
    description:
      'These customers are synchronized by a connection whose scope is `selected`; what changed meanwhile, on either side, catches up.',
    args: { input: t.arg({ type: ChosenCustomersInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      const { tenantId, id: connectionId } = await connectionFor(context, 'customer.select', input.connectionId)
      const at = { tenantId, connectionId }
      const change = await selectCustomers(context.db, at, chosenOf(input), deciderOf(context))
      await context.ring(at, 'ring')
      return change
    },
  }),
)
