import {
  type ConnectionSettings,
  connectionSettingsSchema,
  type Platform,
  platformNames,
  streams,
  streamsOf,
} from '@jumpring/contracts'
import { listStores } from '@jumpring/db'
import { builder } from '../../builder.ts'
import type { Context } from '../../context.ts'
import { given, InvalidInput, parseInput } from '../../input.ts'
import { CustomerScope, InventoryType, Mode, PreferenceType, Sink, TextsVia } from './enums.ts'

const StreamSwitchesInput = builder.inputType('StreamSwitchesInput', {
  description: 'A stream that the platform does not have cannot be switched on.',
  fields: (t) => ({
    customers: t.boolean(),
    contactMethods: t.boolean(),
    sales: t.boolean(),
    appointments: t.boolean(),
    serviceJobs: t.boolean(),
    items: t.boolean(),
    notifications: t.boolean(),
    customFields: t.boolean(),
    wishes: t.boolean(),
    notes: t.boolean(),
    messages: t.boolean(),
  }),
})

const StoreLocationInput = builder.inputType('StoreLocationInput', {
  fields: (t) => ({
    sourceId: t.id({
      description: 'Where several sources have a store of this number: of which it is. Left out: of all.',
    }),
    store: t.string({ required: true, description: "The Edge's store number: `001`." }),
    location: t.string({ required: true, description: "The platform's id of the location." }),
  }),
})

const CustomFieldMappingInput = builder.inputType('CustomFieldMappingInput', {
  description:
    "A custom field of The Edge (one of a customer's Other Keys) and the platform's preference that shows it.",
  fields: (t) => ({
    field: t.int({ required: true, description: 'Its number, 1 to 8.' }),
    name: t.string({ description: 'What the store calls it; lists of changes show it.' }),
    preference: t.string({ required: true, description: "The platform's id of the preference." }),
    type: t.field({
      type: PreferenceType,
      required: true,
      description: 'A value that does not fit it is set aside, on either way.',
    }),
    choices: t.stringList({ description: 'Of a choice: what may be chosen.' }),
  }),
})

const HomeStoreInput = builder.inputType('HomeStoreInput', {
  fields: (t) => ({
    sourceId: t.id({ required: true }),
    store: t.string({ required: true, description: "The Edge's store number: `001`." }),
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
    sources: t.stringList({
      description:
        'How a contact came to be: on Clientbook its acquisition, on Podium its attribute "Source", else "Acquisition". Who has none does not come down.',
    }),
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
    locations: t.field({
      type: [StoreLocationInput],
      description:
        'The whole map. A store that the tenant does not have is refused; the locations are known to the platform alone.',
    }),
    defaultLocation: t.string({ description: 'Where customers of a store without an entry go; null for nowhere.' }),
    defaultAcquisition: t.string({ description: 'The first why-in of customers who come from the platform.' }),
    scope: t.field({ type: CustomerScope }),
    customFields: t.field({ type: [CustomFieldMappingInput], description: 'The whole mapping.' }),
    defaultAssociate: t.string({
      description:
        'The Edge’s number of the associate under whom a change is recorded that nobody with a Point of Sale ID made; null for nobody.',
    }),
    homeStore: t.field({
      type: HomeStoreInput,
      description:
        'Where customers who come from the platform are created; null for the store of their location, else the first store.',
    }),
    itemFilter: t.field({ type: ItemFilterInput }),
    downloadFilter: t.field({ type: DownloadFilterInput }),
    sink: t.field({ type: Sink }),
    feeds: t.field({ type: FeedsInput }),
    texts: t.field({ type: TextsInput }),
    brake: t.field({ type: BrakeInput }),
  }),
})

type Change = typeof ConnectionSettingsInput.$inferInput | null | undefined

/** A store of one source, or the stores of a number in all of them. */
interface Place {
  readonly sourceId?: string | null | undefined
  readonly store: string
}

/** As the settings name it. */
const placeOf = ({ sourceId, store }: Place) => (sourceId ? `${sourceId}/${store}` : store)

/** What may be set to nothing. */
const removable = ['defaultLocation', 'defaultAssociate', 'homeStore'] as const

/** The settings after a change; null takes away what may be missing. @throws InvalidInput */
export function settingsAfter(now: ConnectionSettings | undefined, change: Change): ConnectionSettings {
  const { locations, customFields, ...rest } = change ?? {}
  const { streams, itemFilter, downloadFilter, feeds, texts, brake, ...plain } = rest
  return parseInput(
    connectionSettingsSchema,
    {
      ...now,
      ...given(plain),
      ...Object.fromEntries(removable.filter((name) => plain[name] === null).map((name) => [name, null])),
      ...(customFields && {
        customFields: customFields.map(({ field, ...mapped }) => ({ field: String(field), ...given(mapped) })),
      }),
      streams: { ...now?.streams, ...given(streams ?? {}) },
      itemFilter: { ...now?.itemFilter, ...given(itemFilter ?? {}) },
      downloadFilter: { ...now?.downloadFilter, ...given(downloadFilter ?? {}) },
      feeds: { ...now?.feeds, ...given(feeds ?? {}) },
      texts: { ...now?.texts, ...given(texts ?? {}) },
      brake: { ...now?.brake, ...given(brake ?? {}) },
      ...(locations && {
        locations: Object.fromEntries(locations.map((place) => [placeOf(place), place.location])),
      }),
    },
    ['settings'],
  )
}

/**
 * Whether these settings can be: the platform has the streams that are switched on, and the tenant the stores that are named.
 * @throws InvalidInput
 */
export async function checkSettings(
  { db }: Pick<Context, 'db'>,
  { tenantId, platform }: { tenantId: string; platform: Platform },
  change: Change,
): Promise<void> {
  const there = streamsOf(platform)
  const problems = streams
    .filter((stream) => change?.streams?.[stream] && !there.has(stream))
    .map((stream) => ({
      path: `settings.streams.${stream}`,
      message: `${platformNames[platform]} has no such stream; it cannot be switched on.`,
    }))
  const home = change?.homeStore
  // What has not the form of a number is named by the schema.
  const places = change?.locations?.filter(({ store }) => /^\d{3}$/.test(store)) ?? []
  if (home || places.length > 0) {
    const stores = await listStores(db, tenantId)
    const isStore = (wanted: Place) =>
      stores.some(({ sourceId, number }) => sourceId === (wanted.sourceId || sourceId) && number === wanted.store)
    const message = 'The tenant has no such store.'
    if (home && !isStore(home)) problems.push({ path: 'settings.homeStore', message })
    for (const place of places)
      if (!isStore(place)) problems.push({ path: `settings.locations.${placeOf(place)}`, message })
  }
  if (problems.length > 0) throw new InvalidInput(problems)
}
