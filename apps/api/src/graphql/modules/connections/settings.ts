import { type ConnectionSettings, connectionSettingsSchema } from '@jumpring/contracts'
import { builder } from '../../builder.ts'
import { given, parseInput } from '../../input.ts'
import { InventoryType, Mode, Sink, TextsVia } from './types.ts'

const StreamSwitchesInput = builder.inputType('StreamSwitchesInput', {
  fields: (t) => ({
    customers: t.boolean(),
    contactMethods: t.boolean(),
    sales: t.boolean(),
    appointments: t.boolean(),
    serviceJobs: t.boolean(),
    items: t.boolean(),
    notifications: t.boolean(),
  }),
})

const StoreLocationInput = builder.inputType('StoreLocationInput', {
  fields: (t) => ({
    store: t.string({ required: true, description: "The Edge's store number: `001`." }),
    location: t.string({ required: true, description: "The platform's id of the location." }),
  }),
})

const ItemFilterInput = builder.inputType('ItemFilterInput', {
  description: 'On-hand items that stay away from the platform. A list that is given replaces the one that was there.',
  fields: (t) => ({
    categories: t.stringList({ description: 'Ids or names.' }),
    suppliers: t.stringList({ description: 'Ids or names.' }),
    inventoryTypes: t.field({ type: [InventoryType] }),
  }),
})

const DownloadFilterInput = builder.inputType('DownloadFilterInput', {
  description: "Which of the platform's new customers come down: every condition that is set must hold.",
  fields: (t) => ({
    hasEmail: t.boolean(),
    locations: t.stringList(),
    tags: t.stringList(),
    sources: t.stringList(),
  }),
})

const FeedsInput = builder.inputType('FeedsInput', {
  description: "The platform's id of each stream's data feed.",
  fields: (t) => ({ sales: t.string(), appointments: t.string(), serviceJobs: t.string(), items: t.string() }),
})

const TextsInput = builder.inputType('TextsInput', {
  fields: (t) => ({
    via: t.field({ type: TextsVia }),
    maxAgeMinutes: t.int({
      description: 'A text message that is older is not sent any more; 30 unless told otherwise.',
    }),
  }),
})

const BrakeInput = builder.inputType('BrakeInput', {
  description:
    'A run that would change more than this share of the linked records, and at least so many, waits for approval.',
  fields: (t) => ({ percent: t.int(), atLeast: t.int() }),
})

export const ConnectionSettingsInput = builder.inputType('ConnectionSettingsInput', {
  description: 'What is left out, or null, stays as it is.',
  fields: (t) => ({
    mode: t.field({ type: Mode }),
    intervalMinutes: t.int({ description: '1 to 1440; 15 unless told otherwise.' }),
    streams: t.field({ type: StreamSwitchesInput }),
    locations: t.field({ type: [StoreLocationInput], description: 'The whole map.' }),
    defaultLocation: t.string({ description: 'Where customers of a store without an entry go; null for nowhere.' }),
    defaultAcquisition: t.string({ description: 'The first why-in of customers who come from the platform.' }),
    itemFilter: t.field({ type: ItemFilterInput }),
    downloadFilter: t.field({ type: DownloadFilterInput }),
    sink: t.field({ type: Sink }),
    feeds: t.field({ type: FeedsInput }),
    texts: t.field({ type: TextsInput }),
    brake: t.field({ type: BrakeInput }),
  }),
})

type Change = typeof ConnectionSettingsInput.$inferInput | null | undefined

/** The settings after a change; `defaultLocation: null` takes it away. @throws InvalidInput */
export function settingsAfter(now: ConnectionSettings | undefined, change: Change): ConnectionSettings {
  const { locations, ...rest } = change ?? {}
  const { streams, itemFilter, downloadFilter, feeds, texts, brake, ...plain } = rest
  return parseInput(
    connectionSettingsSchema,
    {
      ...now,
      ...given(plain),
      ...(plain.defaultLocation === null && { defaultLocation: null }),
      streams: { ...now?.streams, ...given(streams ?? {}) },
      itemFilter: { ...now?.itemFilter, ...given(itemFilter ?? {}) },
      downloadFilter: { ...now?.downloadFilter, ...given(downloadFilter ?? {}) },
      feeds: { ...now?.feeds, ...given(feeds ?? {}) },
      texts: { ...now?.texts, ...given(texts ?? {}) },
      brake: { ...now?.brake, ...given(brake ?? {}) },
      ...(locations && { locations: Object.fromEntries(locations.map(({ store, location }) => [store, location])) }),
    },
    ['settings'],
  )
}
