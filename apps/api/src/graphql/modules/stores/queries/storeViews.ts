import { listStoreViews, type StoreConnection, type StoreView as StoreViewRow } from '@jumpring/db'
import { tenantIfAny } from '../../../access.ts'
import { builder } from '../../../builder.ts'
import { Platform } from '../../vendors/types.ts'

const StoreAtConnection = builder.objectRef<StoreConnection>('StoreAtConnection').implement({
  fields: (t) => ({
    connectionId: t.exposeID('connectionId'),
    platform: t.expose('platform', { type: Platform }),
    name: t.exposeString('name'),
    location: t.exposeString('location', { nullable: true, description: 'The platform’s id of the location it is.' }),
    isHome: t.exposeBoolean('isHome', {
      description: 'Customers who come from the platform are created here, or in one of these where The Edge decides.',
    }),
    linked: t.exposeInt('linked', { description: 'Customers who have a contact there.' }),
    held: t.exposeInt('held', { description: 'Customers who wait for a person.' }),
  }),
})

const StoreView = builder.objectRef<StoreViewRow>('StoreView').implement({
  description: 'A store, with what there is of it.',
  fields: (t) => ({
    storeId: t.exposeID('id'),
    number: t.exposeString('number'),
    name: t.exposeString('name'),
    sourceId: t.exposeID('sourceId'),
    sourceName: t.exposeString('sourceName'),
    agentSeenAt: t.expose('agentSeenAt', { type: 'DateTime', nullable: true }),
    customers: t.exposeInt('customers', { description: 'Those with the store’s number.' }),
    changedAt: t.expose('changedAt', { type: 'DateTime', nullable: true, description: 'Of the last change there.' }),
    connections: t.expose('connections', { type: [StoreAtConnection] }),
  }),
})

builder.queryField('storeViews', (t) =>
  t.field({
    type: [StoreView],
    nullable: true,
    description: 'All stores of a tenant in one view, by source and number.',
    args: { tenantId: t.arg.id({ required: true }) },
    resolve: async (_root, { tenantId }, context) => {
      const tenant = await tenantIfAny(context, 'tenant.read', tenantId)
      return tenant && listStoreViews(context.db, tenant.id)
    },
  }),
)
