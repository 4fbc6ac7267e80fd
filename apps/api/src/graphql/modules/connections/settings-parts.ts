import type {
  ConnectionSettings,
  CustomFieldMapping,
  DownloadFilter,
  ItemFilter,
  Stream as StreamName,
} from '@jumpring/contracts'
import { builder } from '../../builder.ts'
import { InventoryType, PreferenceType, Stream, TextsVia } from './enums.ts'

export const StreamSwitch = builder
  .objectRef<{ stream: StreamName; on: boolean; open: boolean }>('StreamSwitch')
  .implement({
    fields: (t) => ({
      stream: t.expose('stream', { type: Stream }),
      on: t.exposeBoolean('on', { description: 'Its switch in the settings.' }),
      open: t.exposeBoolean('open', { description: 'On, and included in the licensed tier: it is synchronized.' }),
    }),
  })

export const StoreLocation = builder
  .objectRef<{ sourceId: string | null; store: string; location: string }>('StoreLocation')
  .implement({
    fields: (t) => ({
      sourceId: t.exposeID('sourceId', {
        nullable: true,
        description: 'Null: the stores of this number in every source.',
      }),
      store: t.exposeString('store'),
      location: t.exposeString('location'),
    }),
  })

export const CustomFieldMapped = builder.objectRef<CustomFieldMapping>('CustomFieldMapped').implement({
  fields: (t) => ({
    field: t.int({ description: 'The number of the custom field, 1 to 8.', resolve: ({ field }) => Number(field) }),
    name: t.string({ nullable: true, description: 'What the store calls it.', resolve: ({ name }) => name ?? null }),
    preference: t.exposeString('preference'),
    type: t.expose('type', { type: PreferenceType }),
    choices: t.exposeStringList('choices'),
  }),
})

export const HomeStore = builder.objectRef<NonNullable<ConnectionSettings['homeStore']>>('HomeStore').implement({
  fields: (t) => ({ sourceId: t.exposeID('sourceId'), store: t.exposeString('store') }),
})

export const ItemFilterShown = builder.objectRef<ItemFilter>('ItemFilter').implement({
  fields: (t) => ({
    categories: t.exposeStringList('categories'),
    suppliers: t.exposeStringList('suppliers'),
    inventoryTypes: t.expose('inventoryTypes', { type: [InventoryType] }),
  }),
})

export const DownloadFilterShown = builder.objectRef<DownloadFilter>('DownloadFilter').implement({
  fields: (t) => ({
    hasEmail: t.exposeBoolean('hasEmail'),
    locations: t.exposeStringList('locations'),
    tags: t.exposeStringList('tags'),
    sources: t.exposeStringList('sources'),
  }),
})

export const Feeds = builder.objectRef<ConnectionSettings['feeds']>('Feeds').implement({
  fields: (t) => ({
    sales: t.string({ nullable: true, resolve: ({ sales }) => sales ?? null }),
    appointments: t.string({ nullable: true, resolve: ({ appointments }) => appointments ?? null }),
    serviceJobs: t.string({ nullable: true, resolve: ({ serviceJobs }) => serviceJobs ?? null }),
    items: t.string({ nullable: true, resolve: ({ items }) => items ?? null }),
  }),
})

export const TextsSettings = builder.objectRef<ConnectionSettings['texts']>('TextsSettings').implement({
  fields: (t) => ({ via: t.expose('via', { type: TextsVia }), maxAgeMinutes: t.exposeInt('maxAgeMinutes') }),
})

export const Brake = builder.objectRef<ConnectionSettings['brake']>('Brake').implement({
  fields: (t) => ({ percent: t.exposeInt('percent'), atLeast: t.exposeInt('atLeast') }),
})
