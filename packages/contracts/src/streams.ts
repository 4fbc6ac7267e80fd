import { z } from 'zod'

export const platforms = ['podium', 'clientbook', 'shopify'] as const
export const platformSchema = z.enum(platforms)
export type Platform = z.infer<typeof platformSchema>

/** A unit of entitlement and of settings. One Edge record may feed two. */
export const streams = ['customers', 'contactMethods'] as const
export const streamSchema = z.enum(streams)
export type Stream = z.infer<typeof streamSchema>

/** The kinds of records that come up from The Edge. */
export const recordKindSchema = z.enum(['customer'])
export type RecordKind = z.infer<typeof recordKindSchema>

export const tierSchema = z.enum(['clienteling', 'clienteling_plus'])
export type Tier = z.infer<typeof tierSchema>

/** PD-03: A uploads and downloads customers; PD-04: B uploads only (opt-outs still come down). */
export const modeSchema = z.enum(['A', 'B'])
export type Mode = z.infer<typeof modeSchema>

/** What each tier includes, per platform (Podium document: both tiers include customers). A platform that is absent is not sold yet. */
const entitlements: Partial<Record<Platform, Record<Tier, readonly Stream[]>>> = {
  podium: {
    clienteling: ['customers', 'contactMethods'],
    clienteling_plus: ['customers', 'contactMethods'],
  },
}

/** The streams a connection may synchronize: what its tier includes and its settings switch on (CO-12, CO-13). */
export function openStreams(
  platform: Platform,
  tier: Tier,
  switches: Readonly<Record<Stream, boolean>>,
): ReadonlySet<Stream> {
  const included = entitlements[platform]?.[tier] ?? []
  return new Set(included.filter((stream) => switches[stream]))
}

/** The stream that decides whether records of a kind are looked at by a connection at all. */
export const streamOfKind: Record<RecordKind, Stream> = { customer: 'customers' }
