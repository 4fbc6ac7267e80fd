import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectionSettingsSchema } from '@jumpring/contracts'
import {
  createConnection,
  createEnrollmentCode,
  createKeyFile,
  createStore,
  createTenant,
  createVendor,
  type Database,
  hashEnrollmentCode,
  listVendors,
  openDatabase,
  openKeyring,
} from '@jumpring/db'
import type { FastifyInstance } from 'fastify'
import type pg from 'pg'
import { freshDatabase, ownerPool } from '../../../../../tests/support/database.ts'
import { openTier } from '../../../../../tests/support/open-tier.ts'
import { createApi } from '../../server.ts'

/** An api over a database of its own, without Temporal: doorbells are not heard. */
export interface TestCloud {
  readonly api: FastifyInstance
  readonly db: Database
  /** The database's address as the application sees it. */
  readonly appUrl: string
  /** As superuser, past row-level security. */
  readonly owner: pg.Pool
  /** A tenant with one store, one source and one Podium connection. */
  tenant(name: string): Promise<TestTenant>
  /** One more source of a tenant. Returns a code to enroll its agent with. */
  source(tenantId: string, name: string): Promise<{ sourceId: string; code: string }>
  close(): Promise<void>
}

export interface TestTenant {
  readonly tenantId: string
  readonly sourceId: string
  readonly connectionId: string
  readonly code: string
}

export const webhookSecret = 'a-secret-for-tests'

export async function startCloud(): Promise<TestCloud> {
  const database = await freshDatabase()
  const folder = await mkdtemp(join(tmpdir(), 'jumpring-api-'))
  await createKeyFile(join(folder, 'keys.json'))
  const keyring = await openKeyring(join(folder, 'keys.json'))
  const db = openDatabase(database.appUrl)
  const owner = ownerPool(database, 2)
  const api = await createApi({
    db,
    keyring,
    temporal: { address: '127.0.0.1:1', namespace: 'none' },
    publicUrl: 'http://127.0.0.1',
    logLevel: 'silent',
  })

  const source = async (tenantId: string, name: string) => {
    const store = await createStore(db, tenantId, { number: '001', name, source: { name } })
    const code = randomBytes(8).toString('hex')
    const expiresAt = new Date(Date.now() + 60_000)
    await createEnrollmentCode(db, tenantId, {
      sourceId: store.sourceId,
      codeHash: hashEnrollmentCode(code),
      expiresAt,
    })
    return { sourceId: store.sourceId, code }
  }
  return {
    api,
    db,
    appUrl: database.appUrl,
    owner,
    source,
    tenant: async (name) => {
      const vendor =
        (await listVendors(db, { as: 'system' }))[0] ?? (await createVendor(db, { name: 'Podium', platform: 'podium' }))
      const tenant = await createTenant(db, { as: 'system' }, { vendorId: vendor.id, name, region: 'US' })
      const first = await source(tenant.id, 'Main street')
      const connectionId = await createConnection(db, keyring, tenant.id, {
        platform: 'podium',
        name: 'Podium',
        tier: 'clienteling',
        settings: connectionSettingsSchema.parse({ defaultLocation: randomUUID() }),
        baseUrl: 'http://127.0.0.1:1',
        secrets: { account: {}, webhookSecret },
      })
      await openTier(db, { tenantId: tenant.id, connectionId }, 'clienteling')
      return { tenantId: tenant.id, connectionId, ...first }
    },
    close: async () => {
      await api.close()
      await db.close()
      await owner.end()
      await database.drop()
      await rm(folder, { recursive: true })
    },
  }
}
