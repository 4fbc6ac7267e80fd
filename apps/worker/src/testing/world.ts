import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { connectorFor } from '@jumpring/connectors'
import {
  type Customer,
  connectionSettingsSchema,
  customerSchema,
  type Platform,
  platformNames,
  type RecordKind,
  type RecordOf,
  recordSchemas,
  type Tier,
} from '@jumpring/contracts'
import {
  batchOf,
  createConnection,
  createEnrollmentCode,
  createKeyFile,
  createStore,
  createTenant,
  createVendor,
  enrollAgent,
  hashEnrollmentCode,
  ingest,
  inTenant,
  openKeyring,
} from '@jumpring/db'
import { approveAll, findConnection, followJournal } from '@jumpring/db/engine'
import { type ClientbookAccount, clientbookAccount, podiumAccount } from '@jumpring/infra/local'
import { createSandbox } from '@jumpring/sandbox'
import type pg from 'pg'
import { temporaryFolder } from '../../../../tests/support/leftovers.ts'
import { lendDatabase } from '../../../../tests/support/lent-database.ts'
import { openTier } from '../../../../tests/support/open-tier.ts'
import { type SandboxClient, sandboxClient } from '../../../../tests/support/sandbox.ts'
import type { At, Deps } from '../context.ts'
import { testDeps } from './deps.ts'

/** A tenant with one store and a connection to the sandbox's Podium; nothing runs by itself, so that a test can act between any two steps. */
export interface World {
  readonly deps: Deps
  readonly tenantId: string
  readonly sourceId: string
  readonly connectionId: string
  readonly podium: SandboxClient
  readonly sandboxUrl: string
  /** Of the connection's account on Podium. */
  readonly organizationUid: string
  /** Past row-level security. */
  readonly owner: pg.Pool
  /** The connection as it stands now, to work on. */
  at(): Promise<At>
  /** The same, once the brake has let through all that is followed, as a pass does before it takes anything. */
  cleared(): Promise<At>
  /** Customers as they come up from the store, and all that follows of it in the cloud but for the work itself. */
  comesUp(customers: Readonly<Record<string, Partial<Customer>>>, options?: { bulk?: boolean }): Promise<void>
  /** Records of a kind, as they come up, and nothing else; the store may have more. */
  shows<Kind extends RecordKind>(
    kind: Kind,
    records: Readonly<Record<string, RecordOf<Kind>>>,
    options?: { bulk?: boolean },
  ): Promise<void>
  /** A customer comes up in a form that is not taken. */
  refuses(customer: string): Promise<void>
  close(): Promise<void>
}

/** @param settings of the connection; mode A otherwise, every stream on */
export const openWorld = (settings: Record<string, unknown> = {}, tier: Tier = 'clienteling'): Promise<World> =>
  open('podium', tier, async (sandboxUrl) => {
    const { organizationUid, locations, ...account } = await podiumAccount(sandboxUrl, {
      name: 'Jewelers',
      locations: ['Main'],
    })
    return { accountUid: organizationUid, account, settings: { defaultLocation: locations[0]?.uid, ...settings } }
  })

/** The same with the sandbox's Clientbook. @param settingsOf what the connection's settings are, by the account's preferences and associates */
export const openClientbook = (
  settingsOf: (account: ClientbookAccount) => Record<string, unknown> = () => ({}),
): Promise<World> =>
  open('clientbook', 'clienteling', async (sandboxUrl) => {
    const account = await clientbookAccount(sandboxUrl)
    return { accountUid: account.accountId, account, settings: settingsOf(account) }
  })

/** An account that has agreed, and the settings of a connection to it. */
interface Joined {
  readonly accountUid: string
  readonly account: { readonly clientId: string; readonly clientSecret: string; readonly authorizationCode: string }
  readonly settings: Record<string, unknown>
}

async function open(platform: Platform, tier: Tier, agree: (sandboxUrl: string) => Promise<Joined>): Promise<World> {
  const directory = await temporaryFolder()
  const sandbox = await createSandbox({
    directory: join(directory, 'sandbox'),
    customers: 0,
    podium: { rateLimit: 0, applyDelayMs: { min: 0, max: 0 } },
    clientbook: { rateLimit: 0 },
  })
  const sandboxUrl = await sandbox.app.listen({ host: '127.0.0.1', port: 0 })
  const { db, owner, giveBack } = await lendDatabase()
  await createKeyFile(join(directory, 'keys.json'))
  const keyring = await openKeyring(join(directory, 'keys.json'))

  const vendor = await createVendor(db, { name: platformNames[platform], platform })
  const { id: tenantId } = await createTenant(
    db,
    { as: 'system' },
    { vendorId: vendor.id, name: 'Jewelers', region: 'US' },
  )
  const { sourceId } = await createStore(db, tenantId, { number: '001', name: 'Main', source: { name: 'Main' } })
  const { accountUid, account, settings } = await agree(sandboxUrl)
  const { clientId, clientSecret, authorizationCode } = account
  const redirectUri = `${sandboxUrl}/done`
  const connectionId = await createConnection(db, keyring, tenantId, {
    platform,
    name: platformNames[platform],
    tier,
    settings: connectionSettingsSchema.parse(settings),
    baseUrl: `${sandboxUrl}/${platform}`,
    secrets: {
      account: connectorFor(platform).parseSecrets({ clientId, clientSecret, authorizationCode, redirectUri }),
      webhookSecret: randomBytes(8).toString('hex'),
    },
  })
  await openTier(db, { tenantId, connectionId }, tier)
  // The platform has just been asked, in vain.
  await owner.query('UPDATE connection SET last_poll_at = now()')
  const code = randomBytes(8).toString('hex')
  const expiresAt = new Date(Date.now() + 600_000)
  await createEnrollmentCode(db, tenantId, { sourceId, codeHash: hashEnrollmentCode(code), expiresAt })
  const { agentId } = await enrollAgent(db, {
    codeHash: hashEnrollmentCode(code),
    publicKey: 'none',
    name: 'Back office',
    version: '0.1.0',
  })
  const epoch = randomUUID()
  let n = 0
  const upsert = (kind: RecordKind, key: string, record: unknown, bulk: boolean) => {
    const payload = JSON.stringify(record)
    const hash = createHash('sha1').update(payload).digest('base64')
    n += 1
    return { n, op: 'upsert' as const, kind, key, payload, hash, at: Date.now(), bulk }
  }

  const deps = testDeps(db, keyring)
  const at = async (): Promise<At> => {
    const connection = await inTenant(db, tenantId, (sql) => findConnection(sql, connectionId))
    if (!connection) throw new Error('The connection is gone.')
    return { deps, connection, connector: connectorFor(connection.platform) }
  }
  return {
    deps,
    tenantId,
    sourceId,
    connectionId,
    podium: sandboxClient(sandboxUrl),
    sandboxUrl,
    organizationUid: accountUid,
    owner,
    at,
    cleared: async () => {
      await inTenant(db, tenantId, (sql) => approveAll(sql, connectionId))
      return at()
    },
    comesUp: async (customers, { bulk = false } = {}) => {
      const lines = Object.entries(customers).map(([key, customer]) => {
        const whole = customerSchema.parse({ phones: [], emails: [], addresses: [], inactive: false, ...customer })
        return upsert('customer', key, whole, bulk)
      })
      n += 1
      await ingest(
        db,
        { agentId, tenantId, sourceId },
        epoch,
        batchOf([...lines, { n, op: 'complete', kind: 'customer' }]),
      )
      const connection = { id: connectionId, tenantId, region: 'US' }
      while ((await inTenant(db, tenantId, (sql) => followJournal(sql, connection))).more);
    },
    shows: async (kind, records, { bulk = false } = {}) => {
      const lines = Object.entries(records).map(([key, record]) =>
        upsert(kind, key, recordSchemas[kind].record.parse(record), bulk),
      )
      await ingest(db, { agentId, tenantId, sourceId }, epoch, batchOf(lines))
    },
    refuses: async (key) => {
      n += 1
      const message = 'The record cannot be taken: firstName is too long (600 characters, at most 500).'
      const reject = { n, op: 'reject', stage: 'agent', subject: key, kind: 'customer', key } as const
      await ingest(
        db,
        { agentId, tenantId, sourceId },
        epoch,
        batchOf([{ ...reject, code: 'invalid_record', message }]),
      )
    },
    close: async () => {
      await sandbox.app.close()
      await giveBack()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** A phone as The Edge holds it. */
export const phone = (number: string) => ({ type: 'Cell', number, doNotContact: false })
