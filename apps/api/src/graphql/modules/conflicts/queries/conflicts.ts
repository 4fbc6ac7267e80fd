import { type Conflict as ConflictRow, listConflicts } from '@jumpring/db'
import { connectionIfAny } from '../../../access.ts'
import { builder } from '../../../builder.ts'
import { filterText } from '../../../input.ts'
import { pageArgs, pageOf } from '../../../paging.ts'

const Conflict = builder.objectRef<ConflictRow>('Conflict').implement({
  description: 'A value of the platform that did not win where both sides had changed the same.',
  fields: (t) => ({
    id: t.exposeID('id'),
    at: t.expose('at', { type: 'DateTime' }),
    sourceId: t.exposeID('sourceId'),
    customer: t.exposeString('customer', { description: 'The customer’s number.' }),
    kind: t.exposeString('kind', { description: 'customFields, wish or note.' }),
    key: t.exposeString('key'),
    field: t.exposeString('field'),
    value: t.exposeString('value', { nullable: true, description: 'What did not win; null: nothing.' }),
    won: t.exposeString('won', { nullable: true, description: 'What stands on both sides.' }),
    why: t.exposeString('why', {
      description: 'both_changed; or closed: The Edge takes no change of it any more.',
    }),
    note: t.exposeString('note', { nullable: true, description: 'The note in The Edge that keeps the value as well.' }),
  }),
})

const ConflictPage = builder.connectionObject({ type: Conflict, name: 'ConflictPage' }, { name: 'ConflictPageEdge' })

builder.queryField('conflicts', (t) =>
  t.field({
    type: ConflictPage,
    nullable: true,
    description: 'Of one connection, newest first. docs/conflicts.md says who wins.',
    args: {
      connectionId: t.arg.id({ required: true }),
      ...pageArgs,
      customer: t.arg.string({ description: 'Only those of the customer with this number.' }),
    },
    resolve: async (_root, { connectionId, customer, ...page }, context) => {
      const connection = await connectionIfAny(context, 'tenant.read', connectionId)
      if (connection === null) return null
      const at = { tenantId: connection.tenantId, connectionId: connection.id }
      return pageOf(
        page,
        (wanted) => listConflicts(context.db, at, { ...wanted, customer: filterText('customer', customer) }),
        (conflict) => ({ id: conflict.id, value: conflict.at.toISOString() }),
      )
    },
  }),
)
