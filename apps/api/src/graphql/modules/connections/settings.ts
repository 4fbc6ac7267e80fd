import { type ConnectionSettings, connectionSettingsSchema } from '@jumpring/contracts'
import { builder } from '../../builder.ts'
import { given, parseInput } from '../../input.ts'
import { Mode } from './types.ts'

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

export const ConnectionSettingsInput = builder.inputType('ConnectionSettingsInput', {
  description: 'What is left out, or null, stays as it is.',
  fields: (t) => ({
    mode: t.field({ type: Mode }),
    intervalMinutes: t.int({ description: '1 to 1440; 15 unless told otherwise.' }),
    streams: t.field({ type: StreamSwitchesInput }),
    locations: t.field({ type: [StoreLocationInput], description: 'The whole map.' }),
    defaultLocation: t.string({ description: 'Where customers of a store without an entry go; null for nowhere.' }),
    defaultAcquisition: t.string({ description: 'The first why-in of customers who come from the platform.' }),
  }),
})

type Change = typeof ConnectionSettingsInput.$inferInput | null | undefined

/** The settings after a change; `defaultLocation: null` takes it away. @throws InvalidInput */
export function settingsAfter(now: ConnectionSettings | undefined, change: Change): ConnectionSettings {
  const { streams, locations, ...plain } = change ?? {}
  return parseInput(
    connectionSettingsSchema,
    {
      ...now,
      ...given(plain),
      ...(plain.defaultLocation === null && { defaultLocation: null }),
      streams: { ...now?.streams, ...given(streams ?? {}) },
      ...(locations && { locations: Object.fromEntries(locations.map(({ store, location }) => [store, location])) }),
    },
    ['settings'],
  )
}
