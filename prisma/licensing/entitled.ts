import {
  type ConnectionSettings,
  connectionSettingsSchema,
  type OpenStream,
  openStreams,
  type Platform,
  platformSchema,
  type Tier,
  tierSchema,
} from '@jumpring/contracts'

/** What decides which streams of a connection are open. The tier is its active license's; null: it has none. */
export interface Entitlement {
  readonly platform: Platform
  readonly licensedTier: Tier | null
  readonly settings: ConnectionSettings
}

/** The columns of `connection` that say it. */
export const entitlementColumns = 'platform, licensed_tier, settings'
export interface EntitlementRow {
  platform: string
  licensed_tier: string | null
  settings: unknown
}

export function entitlementOf(row: EntitlementRow): Entitlement {
  return {
    platform: platformSchema.parse(row.platform),
    licensedTier: tierSchema.nullable().parse(row.licensed_tier),
    settings: connectionSettingsSchema.parse(row.settings),
  }
}

/** CO-12: the one place in the cloud that says which streams a connection synchronizes. */
export function openStreamsOf({ platform, licensedTier, settings }: Entitlement): ReadonlySet<OpenStream> {
  return openStreams(platform, licensedTier, settings.streams)
}
