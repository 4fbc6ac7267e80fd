import {
  connectionSettingsSchema,
  errorCodes,
  platformSchema,
  streams,
  streamsOf,
  tierSchema,
} from '@jumpring/contracts'
import {
  type Connection as ConnectionRow,
  entitlementOf,
  listConnections,
  listRuns,
  openStreamsOf,
  readOverview,
} from '@jumpring/db'
import { z } from 'zod'
import { builder } from '../../builder.ts'
import { pageArgs, pageOf } from '../../paging.ts'
import { Tenant } from '../tenants/types.ts'
import { Platform } from '../vendors/types.ts'
import { CustomerScope, Mode, Sink, Tier } from './enums.ts'
import { ConnectionOverview } from './overview.ts'
import { RunPage } from './run.ts'
import {
  Brake,
  CustomFieldMapped,
  DownloadFilterShown,
  Feeds,
  HomeStore,
  ItemFilterShown,
  StoreLocation,
  StreamSwitch,
  TextsSettings,
} from './settings-parts.ts'

const ConnectionStatus = builder.enumType('ConnectionStatus', { values: ['active', 'paused'] as const })
const ConnectionPhase = builder.enumType('ConnectionPhase', {
  description: 'initial: the first full upload is not done yet.',
  values: ['initial', 'live'] as const,
})

interface OutageNow {
  readonly since: Date
  readonly tries: number
  readonly nextTryAt: Date | null
}

const Outage = builder.objectRef<OutageNow>('Outage').implement({
  description: 'The platform does not answer.',
  fields: (t) => ({
    since: t.expose('since', { type: 'DateTime' }),
    tries: t.exposeInt('tries', { description: 'How often it was tried since; each time after a longer wait.' }),
    nextTryAt: t.expose('nextTryAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Null: at once. `runConnectionNow` does not wait for it.',
    }),
  }),
})

const settingsOf = (connection: ConnectionRow) => connectionSettingsSchema.parse(connection.settings)

export const Connection = builder.objectRef<ConnectionRow>('Connection').implement({
  description: 'A tenant joined to a platform. Its secrets go in and never come out.',
  fields: (t) => ({
    id: t.exposeID('id'),
    platform: t.field({ type: Platform, resolve: ({ platform }) => platformSchema.parse(platform) }),
    name: t.exposeString('name'),
    tier: t.field({ type: Tier, description: 'What was ordered.', resolve: ({ tier }) => tierSchema.parse(tier) }),
    licensedTier: t.field({
      type: Tier,
      nullable: true,
      description: 'What counts: the tier of its active license. Null: there is none, and nothing is synchronized.',
      resolve: ({ licensedTier }) => tierSchema.nullable().parse(licensedTier),
    }),
    baseUrl: t.exposeString('baseUrl', { description: "Where the platform's API is." }),
    webhookUrl: t.string({
      description: 'Where the platform tells us of its changes; it is set up there by itself.',
      resolve: ({ id, platform }, _args, { publicUrl }) => `${publicUrl}/webhooks/${platform}/${id}`,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),

    mode: t.field({ type: Mode, resolve: (connection) => settingsOf(connection).mode }),
    intervalMinutes: t.int({ resolve: (connection) => settingsOf(connection).intervalMinutes }),
    streams: t.field({
      type: [StreamSwitch],
      description: 'Those that the platform has.',
      resolve: (connection) => {
        const { streams: switches } = settingsOf(connection)
        const open = openStreamsOf(entitlementOf({ ...connection, licensed_tier: connection.licensedTier }))
        const there = streamsOf(platformSchema.parse(connection.platform))
        return streams
          .filter((stream) => there.has(stream))
          .map((stream) => ({ stream, on: switches[stream], open: open.has(stream) }))
      },
    }),
    locations: t.field({
      type: [StoreLocation],
      description: "Which of the platform's locations each store of The Edge is.",
      resolve: (connection) =>
        Object.entries(settingsOf(connection).locations).map(([place, location]) => {
          const [store = '', sourceId = null] = place.split('/').toReversed()
          return { sourceId, store, location }
        }),
    }),
    defaultLocation: t.string({
      nullable: true,
      resolve: (connection) => settingsOf(connection).defaultLocation ?? null,
    }),
    defaultAcquisition: t.string({ resolve: (connection) => settingsOf(connection).defaultAcquisition }),
    scope: t.field({ type: CustomerScope, resolve: (connection) => settingsOf(connection).scope }),
    customFields: t.field({
      type: [CustomFieldMapped],
      description: "Which of the platform's preferences shows which custom field.",
      resolve: (connection) => settingsOf(connection).customFields,
    }),
    defaultAssociate: t.string({
      nullable: true,
      description: 'Under whom a change is recorded that nobody with a Point of Sale ID made.',
      resolve: (connection) => settingsOf(connection).defaultAssociate ?? null,
    }),
    homeStore: t.field({
      type: HomeStore,
      nullable: true,
      description:
        'Where customers who come from the platform are created; null: in the store of their location, else in the first store.',
      resolve: (connection) => settingsOf(connection).homeStore ?? null,
    }),
    itemFilter: t.field({ type: ItemFilterShown, resolve: (connection) => settingsOf(connection).itemFilter }),
    downloadFilter: t.field({
      type: DownloadFilterShown,
      resolve: (connection) => settingsOf(connection).downloadFilter,
    }),
    sink: t.field({ type: Sink, resolve: (connection) => settingsOf(connection).sink }),
    feeds: t.field({ type: Feeds, resolve: (connection) => settingsOf(connection).feeds }),
    texts: t.field({ type: TextsSettings, resolve: (connection) => settingsOf(connection).texts }),
    brake: t.field({ type: Brake, resolve: (connection) => settingsOf(connection).brake }),

    status: t.field({ type: ConnectionStatus, resolve: ({ status }) => z.enum(['active', 'paused']).parse(status) }),
    pausedCode: t.exposeString('pausedCode', {
      nullable: true,
      description: 'The error that paused it; null when a person did.',
    }),
    pausedReason: t.string({
      nullable: true,
      description: 'Why it is paused, in plain words.',
      resolve: ({ pausedCode, pausedReason }) => pausedReason ?? meaningOf(pausedCode),
    }),
    phase: t.field({ type: ConnectionPhase, resolve: ({ phase }) => z.enum(['initial', 'live']).parse(phase) }),
    lastRunAt: t.expose('lastRunAt', { type: 'DateTime', nullable: true }),
    nextRunAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'At the latest: a change runs it at once. Null while it is paused or has not run yet.',
      resolve: (connection) =>
        connection.lastRunAt === null || connection.status === 'paused'
          ? null
          : new Date(connection.lastRunAt.getTime() + settingsOf(connection).intervalMinutes * 60_000),
    }),
    outage: t.field({
      type: Outage,
      nullable: true,
      description: 'Null while the platform answers.',
      resolve: ({ outageSince: since, outageTries: tries, nextTryAt }) => since && { since, tries, nextTryAt },
    }),
    overview: t.field({
      type: ConnectionOverview,
      description: 'Its numbers at this moment.',
      resolve: async (connection, _args, { db }) => ({
        connection,
        numbers: await readOverview(db, connection),
        at: new Date(),
      }),
    }),
    runs: t.field({
      type: RunPage,
      description: 'Newest first.',
      args: pageArgs,
      resolve: ({ id, tenantId }, page, { db }) =>
        pageOf(
          page,
          (wanted) => listRuns(db, { tenantId, connectionId: id }, wanted),
          (run) => ({ id: run.id, value: run.startedAt.toISOString() }),
        ),
    }),
  }),
})

builder.objectField(Tenant, 'connections', (t) =>
  t.field({ type: [Connection], resolve: ({ id }, _args, { db }) => listConnections(db, id) }),
)

function meaningOf(code: string | null): string | null {
  return Object.entries(errorCodes).find(([known]) => known === code)?.[1].meaning ?? null
}
