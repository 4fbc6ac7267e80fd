import {
  type AgentSeen,
  listAgents,
  listSources,
  listStores,
  type Source as SourceRow,
  type Store as StoreRow,
} from '@jumpring/db'
import { builder } from '../../builder.ts'
import { Tenant } from '../tenants/types.ts'

export const Store = builder.objectRef<StoreRow>('Store').implement({
  description: 'One shop of a tenant.',
  fields: (t) => ({
    id: t.exposeID('id'),
    sourceId: t.exposeID('sourceId'),
    number: t.exposeString('number', { description: "The Edge's store number, the prefix of its keys: `001`." }),
    name: t.exposeString('name'),
  }),
})

const Agent = builder.objectRef<AgentSeen>('Agent').implement({
  description: 'A machine in a store.',
  fields: (t) => ({
    id: t.exposeID('id'),
    sourceId: t.exposeID('sourceId'),
    name: t.exposeString('name'),
    version: t.exposeString('version'),
    lastSeenAt: t.expose('lastSeenAt', { type: 'DateTime', nullable: true }),
    revokedAt: t.expose('revokedAt', { type: 'DateTime', nullable: true }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
  }),
})

export const Source = builder.objectRef<SourceRow>('Source').implement({
  description: 'One database of The Edge; several stores may share it.',
  fields: (t) => ({
    id: t.exposeID('id'),
    name: t.exposeString('name'),
    storeLicenseId: t.exposeString('storeLicenseId', {
      nullable: true,
      description: "The Edge's store license id, the name of its EDT folder.",
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
  }),
})

builder.objectFields(Tenant, (t) => ({
  stores: t.field({ type: [Store], resolve: ({ id }, _args, { db }) => listStores(db, id) }),
  sources: t.field({ type: [Source], resolve: ({ id }, _args, { db }) => listSources(db, id) }),
  agents: t.field({ type: [Agent], resolve: ({ id }, _args, { db }) => listAgents(db, id) }),
}))
