import { listCustomers } from '@jumpring/db'
import { connectionIfAny } from '../../../access.ts'
import { builder } from '../../../builder.ts'
import { parseInput } from '../../../input.ts'
import { pageArgs, pageOf } from '../../../paging.ts'
import { CustomerFilter, CustomerPage, customerFilterSchema } from '../types.ts'

builder.queryField('customers', (t) =>
  t.field({
    type: CustomerPage,
    nullable: true,
    description: 'A tenant’s customers as one connection has them, by source and number.',
    args: { connectionId: t.arg.id({ required: true }), ...pageArgs, filter: t.arg({ type: CustomerFilter }) },
    resolve: async (_root, { connectionId, filter, ...page }, context) => {
      const connection = await connectionIfAny(context, 'tenant.read', connectionId)
      if (connection === null) return null
      const at = { tenantId: connection.tenantId, connectionId: connection.id }
      const wanted = parseInput(customerFilterSchema, filter ?? {}, ['filter'])
      return pageOf(
        page,
        (place) => listCustomers(context.db, at, { ...wanted, ...place }),
        ({ sourceId, key }) => ({ value: key, id: sourceId }),
        'text',
      )
    },
  }),
)
