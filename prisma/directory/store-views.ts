import type { Platform } from '@jumpring/contracts'
import { connectionSettingsSchema, platformSchema, settingsIn } from '@jumpring/contracts'
import { z } from 'zod'
import { isKnown } from '../engine/waiting.ts'
import { type Database, inTenant, type Sql } from '../scope.ts'

/** BY-02: a store with what there is of it, on each of the tenant's connections. */
export interface StoreView {
  readonly id: string
  readonly number: string
  readonly name: string
  readonly sourceId: string
  readonly sourceName: string
  /** When an agent of its source was last heard of. */
  readonly agentSeenAt: Date | null
  /** Customers with its number. */
  readonly customers: number
  readonly changedAt: Date | null
  readonly connections: readonly StoreConnection[]
}

export interface StoreConnection {
  readonly connectionId: string
  readonly platform: Platform
  readonly name: string
  /** The platform's id of the location that the store is; null where none is set. */
  readonly location: string | null
  /** Whether customers who come from the platform are created here: all of them, or those of its location. */
  readonly isHome: boolean
  /** Of its customers: who has a contact there, and who waits for a person. */
  readonly linked: number
  readonly held: number
}

/** All stores of a tenant in one view, by source and number. */
export function listStoreViews(db: Database, tenantId: string): Promise<StoreView[]> {
  return inTenant(db, tenantId, async (sql) => {
    const stores = await storesOf(sql, tenantId)
    const connections = await connectionsOf(sql, tenantId)
    const counts = await countsOf(sql, tenantId)
    const [first] = stores.toSorted((a, b) => a.sourceSince.getTime() - b.sourceSince.getTime())
    return stores.map(({ sourceSince: _, ...store }) => ({
      ...store,
      connections: connections.map(({ id, platform, name, settings }) => {
        const own = counts.get(`${id} ${store.sourceId} ${store.number}`)
        const mapped = settingsIn(store.sourceId, settings).locations[store.number]
        const isHome = settings.homeStore
          ? settings.homeStore.sourceId === store.sourceId && settings.homeStore.store === store.number
          : mapped !== undefined || first?.sourceId === store.sourceId
        return {
          connectionId: id,
          platform,
          name,
          location: mapped ?? settings.defaultLocation ?? null,
          isHome,
          linked: own?.linked ?? 0,
          held: own?.held ?? 0,
        }
      }),
    }))
  })
}

const storeOfKey = (key: string) => `split_part(${key}, '-', 1)`

const storeSchema = z.object({
  id: z.string(),
  number: z.string(),
  name: z.string(),
  sourceId: z.string(),
  sourceName: z.string(),
  sourceSince: z.date(),
  agentSeenAt: z.date().nullable(),
  customers: z.int(),
  changedAt: z.date().nullable(),
})

async function storesOf(sql: Sql, tenantId: string): Promise<z.infer<typeof storeSchema>[]> {
  const { rows } = await sql.query(
    `WITH counted AS (
       SELECT source_id, ${storeOfKey('key')} AS number, count(*)::int AS customers, max(changed_at) AS changed_at
       FROM record WHERE tenant_id = $1 AND kind = 'customer' GROUP BY 1, 2)
     SELECT st.id, st.number, st.name, s.id AS "sourceId", s.name AS "sourceName", s.created_at AS "sourceSince",
       (SELECT max(a.last_seen_at) FROM agent a WHERE a.source_id = s.id AND a.revoked_at IS NULL) AS "agentSeenAt",
       coalesce(c.customers, 0) AS customers, c.changed_at AS "changedAt"
     FROM store st JOIN source s ON s.id = st.source_id LEFT JOIN counted c ON c.source_id = s.id AND c.number = st.number
     WHERE st.tenant_id = $1 ORDER BY s.created_at, s.id, st.number`,
    [tenantId],
  )
  return rows.map((row) => storeSchema.parse(row))
}

const connectionSchema = z.object({
  id: z.string(),
  platform: platformSchema,
  name: z.string(),
  settings: connectionSettingsSchema,
})

async function connectionsOf(sql: Sql, tenantId: string): Promise<z.infer<typeof connectionSchema>[]> {
  const { rows } = await sql.query(
    'SELECT id, platform, name, settings FROM connection WHERE tenant_id = $1 ORDER BY created_at, id',
    [tenantId],
  )
  return rows.map((row) => connectionSchema.parse(row))
}

async function countsOf(sql: Sql, tenantId: string): Promise<ReadonlyMap<string, { linked: number; held: number }>> {
  const { rows } = await sql.query<{ place: string; linked: number; held: number }>(
    `SELECT place, sum(linked)::int AS linked, sum(held)::int AS held FROM (
       SELECT concat_ws(' ', l.connection_id, l.source_id, ${storeOfKey('l.key')}) AS place, 1 AS linked, 0 AS held FROM link l
       WHERE l.tenant_id = $1 AND l.kind = 'customer' AND l.key IS NOT NULL AND (${isKnown('l')} OR l.status = 'shared' AND l.uid IS NOT NULL)
       UNION ALL
       SELECT concat_ws(' ', q.connection_id, q.source_id, ${storeOfKey('q.key')}), 0, 1 FROM quarantine q
       WHERE q.tenant_id = $1 AND q.resolved_at IS NULL AND q.stage = 'up' AND q.kind = 'customer' AND q.key IS NOT NULL) AS each
     GROUP BY place`,
    [tenantId],
  )
  return new Map(rows.map(({ place, linked, held }) => [place, { linked, held }]))
}
