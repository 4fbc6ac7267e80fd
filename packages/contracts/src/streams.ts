import { z } from 'zod'
import { type RecordKind, recordKinds } from './records.ts'

export const platforms = ['podium', 'clientbook', 'shopify'] as const
export const platformSchema = z.enum(platforms)
export type Platform = z.infer<typeof platformSchema>

/** What people call each platform. */
export const platformNames = {
  podium: 'Podium',
  clientbook: 'Clientbook',
  shopify: 'Shopify',
} as const satisfies Record<Platform, string>
export const tierNames = { clienteling: 'Clienteling', clienteling_plus: 'Clienteling+' } as const satisfies Record<
  Tier,
  string
>

/** A unit of entitlement and of settings. One Edge record may feed two. */
export const streams = [
  'customers',
  'contactMethods',
  'sales',
  'appointments',
  'serviceJobs',
  'items',
  'notifications',
  'customFields',
  'wishes',
  'notes',
  'messages',
] as const
export const streamSchema = z.enum(streams)
export type Stream = z.infer<typeof streamSchema>

export const tierSchema = z.enum(['clienteling', 'clienteling_plus'])
export type Tier = z.infer<typeof tierSchema>

/** PD-03: A uploads and downloads customers; PD-04: B uploads only (opt-outs still come down). */
export const modeSchema = z.enum(['A', 'B'])
export type Mode = z.infer<typeof modeSchema>

const clienteling = ['customers', 'contactMethods', 'sales', 'appointments', 'serviceJobs', 'notifications'] as const

/** What each tier includes, per platform (PD-01). A platform that is absent is not sold yet. */
const entitlements: Partial<Record<Platform, Partial<Record<Tier, readonly Stream[]>>>> = {
  podium: { clienteling, clienteling_plus: [...clienteling, 'items'] },
  clientbook: {
    clienteling: [
      'customers',
      'contactMethods',
      'customFields',
      'wishes',
      'notes',
      'sales',
      'serviceJobs',
      'items',
      'messages',
      'notifications',
    ],
  },
}

/** A stream that goes only along with another. CB-08: on Clientbook service jobs are part of the sales history. */
const goesWith: Partial<Record<Platform, Partial<Record<Stream, Stream>>>> = { clientbook: { serviceJobs: 'sales' } }

/** Whether a platform is sold in this tier. */
export function isSold(platform: Platform, tier: Tier): boolean {
  return entitlements[platform]?.[tier] !== undefined
}

/** Every stream that some tier of a platform includes; none for a platform that is not sold yet. */
export function streamsOf(platform: Platform): ReadonlySet<Stream> {
  return new Set(Object.values(entitlements[platform] ?? {}).flat())
}

/** The lesser of two tiers. */
export function lesserTier(one: Tier, other: Tier): Tier {
  return one === 'clienteling' ? one : other
}

/** What a connection may synchronize: a stream; or of the items, only those sold, which go along with the sales (CO-09). */
export type OpenStream = Stream | 'soldItems'

/**
 * The streams a connection may synchronize: what its tier includes and its settings switch on (CO-12, CO-13). Sold items go with the
 * sales, whether or not what is on hand goes, where the tier includes items (PD-11).
 * @param tier of its active license; null opens none (PD-02)
 */
export function openStreams(
  platform: Platform,
  tier: Tier | null,
  switches: Readonly<Record<Stream, boolean>>,
): ReadonlySet<OpenStream> {
  const included = tier === null ? [] : (entitlements[platform]?.[tier] ?? [])
  const on = included.filter((stream) => switches[stream])
  const open = new Set<OpenStream>(on.filter((stream) => on.includes(goesWith[platform]?.[stream] ?? stream)))
  return open.has('sales') && included.includes('items') ? open.add('soldItems') : open
}

/** Whether a connection looks at records of a kind. */
export function looksAt(kind: WorkKind, open: ReadonlySet<OpenStream>): boolean {
  return streamsOfKind[kind].some((stream) => open.has(stream))
}

/** What a connection looks at: records, and of a customer once more for itself what goes both ways (CB-03). */
export const workKinds = [...recordKinds, 'customFields'] as const
export type WorkKind = (typeof workKinds)[number]

/** The kind of record that is looked at. */
export const recordKindOf = (kind: WorkKind): RecordKind => (kind === 'customFields' ? 'customer' : kind)

/** The kinds of work that a record's change makes. */
export const workOf = (kind: RecordKind): readonly WorkKind[] =>
  kind === 'customer' ? ['customer', 'customFields'] : [kind]

/** A kind is looked at while one of these is open. None: a look-up for others, never synchronized by itself. */
const streamsOfKind: Record<WorkKind, readonly OpenStream[]> = {
  customer: ['customers'],
  customFields: ['customFields'],
  acquisition: [],
  item: ['items', 'soldItems'],
  saleLine: ['sales'],
  job: ['serviceJobs'],
  appointment: ['appointments'],
  notification: ['notifications'],
  wish: ['wishes'],
  note: ['notes'],
}

/** The stream whose progress a kind shows; null where none does. Sold items are shown with those on hand. */
export function shownStreamOf(kind: WorkKind): Stream | null {
  const [first] = streamsOfKind[kind]
  return first === undefined || first === 'soldItems' ? null : first
}

/** The kinds whose records a stream's opening or closing makes worth another look. */
export const kindsFeeding: Record<OpenStream, readonly WorkKind[]> = {
  customers: ['customer'],
  contactMethods: ['customer'],
  sales: ['saleLine', 'job'],
  soldItems: ['item'],
  appointments: ['appointment'],
  serviceJobs: ['job'],
  items: ['item'],
  notifications: ['notification'],
  customFields: ['customFields'],
  wishes: ['wish'],
  notes: ['note'],
  messages: [],
}
