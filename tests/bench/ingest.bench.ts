import { createPrivateKey, generateKeyPairSync, hash, randomUUID, sign } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { zstdCompressSync } from 'node:zlib'
import {
  type Customer,
  connectionSettingsSchema,
  enrollAnswerSchema,
  helloSchema,
  tokenAnswerSchema,
  uplinkAnswerSchema,
} from '@jumpring/contracts'
import {
  createConnection,
  createEnrollmentCode,
  createKeyFile,
  createStore,
  createTenant,
  createVendor,
  type Database,
  hashEnrollmentCode,
  type Keyring,
  listVendors,
  migrate,
  openDatabase,
  openKeyring,
} from '@jumpring/db'
import { anyFreePort, cloudApps, ensureDatabase, local, startPostgres } from '@jumpring/infra/local'
import pg from 'pg'
import copy from 'pg-copy-streams'
import { temporaryFolder } from '../support/leftovers.ts'
import { openTier } from '../support/open-tier.ts'
import { processesIn } from '../support/processes.ts'
import { aimed, median } from './support/figures.ts'

const count = 100_000
/** Lines of one upload: of such records an agent sends some 55,000 at once. */
const uploadLines = 50_000

/**
 * How fast records become durable in the cloud, end to end over HTTP by one agent of a tenant with one connection, against plain
 * COPY of the same records into one table without policies. Both on the same server, one after the other, in turns; the api in a process of
 * its own, as everywhere, so that what COPY leaves behind in this one does not weigh on it.
 */
export async function bench(): Promise<Record<string, unknown>> {
  const dir = await temporaryFolder()
  const postgres = await startPostgres({ dir: join(dir, 'postgres') })
  const processes = processesIn(dir)
  try {
    await ensureDatabase(postgres, 'bench')
    const ownerUrl = postgres.superUrl('bench')
    await migrate({ ownerUrl, appPassword: 'bench' })
    const keyFile = join(dir, 'keys.json')
    await createKeyFile(keyFile)
    const appUrl = new URL(ownerUrl)
    appUrl.username = 'jumpring_app'
    appUrl.password = 'bench'
    const ports = { api: await anyFreePort(), sandbox: 0, worker: 0 }
    const { api } = cloudApps({
      databaseUrl: appUrl.href,
      // Nobody is there: what becomes of the records is measured elsewhere.
      temporal: { address: '127.0.0.1:1', namespace: 'none' },
      operator: { email: 'operator@example.com', password: randomUUID() },
      logLevel: 'silent',
      ports,
      keyFile,
      licenseKeyFile: join(dir, 'license-key.pem'),
      mailDir: join(dir, 'mail'),
      sandboxDir: join(dir, 'sandbox'),
    })
    processes.add(api)
    await processes.start('api')
    return await measure(ownerUrl, appUrl.href, await openKeyring(keyFile), local(ports.api))
  } finally {
    await processes.killAll().finally(postgres.stop)
    await rm(dir, { recursive: true, force: true })
  }
}

async function measure(
  ownerUrl: string,
  appUrl: string,
  keyring: Keyring,
  url: string,
): Promise<Record<string, unknown>> {
  const db = openDatabase(appUrl)
  const owner = new pg.Client({ connectionString: ownerUrl })
  await owner.connect()
  const copies: number[] = []
  const firsts: number[] = []
  const agains: number[] = []
  try {
    for (let turn = 0; turn < 3; turn++) {
      copies.push(await copyRate(owner))
      const code = randomUUID()
      const tenantId = await provision(db, keyring, `Jeweler ${turn}`, code)
      const agent = await enroll(url, code)
      firsts.push(await uploadRate(agent))
      await checkWritten(owner, tenantId)
      agains.push(await uploadRate(agent))
    }
  } finally {
    await db.close()
    await owner.end()
  }
  let bytes = 0
  for (let i = 0; i < count; i++) bytes += Buffer.byteLength(JSON.stringify(customer(i)))
  const [copied, first, again] = [median(copies), median(firsts), median(agains)]
  return {
    records: count,
    bytesPerRecord: Math.round(bytes / count),
    copyRowsPerSecond: copied,
    ingestRowsPerSecond: first,
    ingestAgainstCopy: aimed(median(firsts.map((rows, turn) => rows / (copies[turn] ?? rows))), '≥', 0.5),
    unchangedRowsPerSecond: again,
    turns: { copies, firsts, agains },
  }
}

/** A customer of about 990 bytes. Made where it is used: a heap full of them would be walked again and again while the api works. */
function customer(i: number): Customer {
  const number = String(i).padStart(7, '0')
  return {
    title: 'Ms.',
    firstName: `Nora${i % 977}`,
    middleName: 'Sofia',
    lastName: `Lindqvist${i % 4093}`,
    phones: [
      { type: 'Cell', number: `203${number}`, doNotContact: false },
      { type: 'Home', number: `475${number}`, doNotContact: i % 7 === 0 },
      { type: 'Work', number: `860${number}`, ext: '12', doNotContact: false },
    ],
    emails: [
      { type: 'Home', address: `nora.lindqvist.${number}@example.com`, sendPromo: true },
      { type: 'Work', address: `n.lindqvist.${number}@work.example.com`, sendPromo: false },
    ],
    addresses: [
      { type: 'Home', street: `${i} Harbor Avenue`, city: 'New Haven', state: 'CT', zip: '06510', country: 'US' },
      {
        type: 'Work',
        street: `${i} Chapel Street`,
        street2: 'Floor 3',
        city: 'New Haven',
        state: 'CT',
        zip: '06511',
        country: 'US',
      },
      { type: 'Summer', street: `${i} Shore Road`, city: 'Old Lyme', state: 'CT', zip: '06371', country: 'US' },
    ],
    preferredPhone: 'Cell',
    preferredEmail: 'Home',
    acquisition: '190718-093958-01-22-248843',
    inactive: false,
    enteredAt: '2019-07-18T09:39:58',
  }
}

const keyOf = (i: number) => `001-${String(i).padStart(6, '0')}`

async function copyRate(owner: pg.Client): Promise<number> {
  await owner.query('DROP TABLE IF EXISTS plain; CREATE TABLE plain (LIKE record INCLUDING ALL)')
  const [tenantId, sourceId] = [randomUUID(), randomUUID()]
  const row = (i: number) => {
    const payload = JSON.stringify(customer(i))
    const cells = [
      tenantId,
      sourceId,
      'customer',
      keyOf(i),
      hash('sha1', payload, 'base64'),
      payload,
      i,
      '2026-11-22T10:00:00Z',
    ]
    return `${cells.join('\t').replaceAll('\\', '\\\\')}\n`
  }
  const rows = (from: number) => Array.from({ length: 100 }, (_, i) => row(from + i)).join('')
  const chunks = Array.from({ length: count / 100 }, (_, i) => rows(i * 100))
  return rate(() => pipeline(Readable.from(chunks), owner.query(copy.from('COPY plain FROM STDIN'))))
}

/** @returns the tenant's id */
async function provision(db: Database, keyring: Keyring, name: string, code: string): Promise<string> {
  const [known] = await listVendors(db, { as: 'system' })
  const vendor = known ?? (await createVendor(db, { name: 'Podium', platform: 'podium' }))
  const tenant = await createTenant(db, { as: 'system' }, { vendorId: vendor.id, name, region: 'US' })
  const store = await createStore(db, tenant.id, {
    number: '001',
    name: 'Main street',
    source: { name: 'Main street' },
  })
  await createEnrollmentCode(db, tenant.id, {
    sourceId: store.sourceId,
    codeHash: hashEnrollmentCode(code),
    expiresAt: new Date(Date.now() + 3_600_000),
  })
  const connectionId = await createConnection(db, keyring, tenant.id, {
    platform: 'podium',
    name: 'Podium',
    tier: 'clienteling',
    settings: connectionSettingsSchema.parse({ defaultLocation: 'any' }),
    baseUrl: 'http://127.0.0.1:1',
    secrets: { account: {}, webhookSecret: 'none' },
  })
  await openTier(db, { tenantId: tenant.id, connectionId }, 'clienteling')
  return tenant.id
}

/** Throws unless every record of the tenant is kept, in the journal and on the connection's work list. */
async function checkWritten(owner: pg.Client, tenantId: string): Promise<void> {
  for (const table of ['record', 'journal', 'pending']) {
    const { rowCount } = await owner.query(`SELECT FROM ${table} WHERE tenant_id = $1`, [tenantId])
    if (rowCount !== count) throw new Error(`${rowCount} rows in ${table}`)
  }
}

interface BenchAgent {
  readonly url: string
  readonly token: string
  readonly generation: string
}

async function enroll(url: string, code: string): Promise<BenchAgent> {
  const keys = generateKeyPairSync('ed25519', {
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const post = async (path: string, body: object): Promise<unknown> =>
    (
      await fetch(url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    ).json()
  const enrolled = await post('/agent/enroll', { code, publicKey: keys.publicKey, name: 'bench', version: '0' })
  const { agentId } = enrollAnswerSchema.parse(enrolled)
  const now = Math.floor(Date.now() / 1000)
  const text = [
    { alg: 'EdDSA', typ: 'JWT' },
    { iss: agentId, aud: 'jumpring', iat: now, exp: now + 60 },
  ]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
  const signature = sign(null, Buffer.from(text), createPrivateKey(keys.privateKey)).toString('base64url')
  const { token } = tokenAnswerSchema.parse(await post('/agent/token', { assertion: `${text}.${signature}` }))
  const hello = await fetch(`${url}/agent/hello`, { headers: { authorization: `Bearer ${token}` } })
  return { url, token, generation: helloSchema.parse(await hello.json()).generation }
}

/** Rows per second that one agent gets acknowledged, in a new epoch; the bodies are compressed beforehand, as a spool would have them. */
async function uploadRate(agent: BenchAgent): Promise<number> {
  const bodies = Array.from({ length: count / uploadLines }, (_, upload) => {
    const lines = Array.from({ length: uploadLines }, (_, i) => {
      const n = upload * uploadLines + i
      const at = '2026-11-22T10:00:00.000Z'
      return JSON.stringify({
        n: n + 1,
        at,
        op: 'upsert',
        kind: 'customer',
        key: keyOf(n),
        bulk: true,
        record: customer(n),
      })
    })
    return zstdCompressSync(Buffer.from(`${lines.join('\n')}\n`))
  })
  const epoch = randomUUID()
  return rate(async () => {
    for (const [upload, body] of bodies.entries()) {
      const answer = await fetch(`${agent.url}/agent/uplink?epoch=${epoch}&generation=${agent.generation}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${agent.token}`,
          'content-type': 'application/x-ndjson',
          'content-encoding': 'zstd',
        },
        body,
      })
      const { acked } = uplinkAnswerSchema.parse(await answer.json())
      if (acked !== (upload + 1) * uploadLines) throw new Error(`Acknowledged ${acked}`)
    }
  })
}

async function rate(work: () => Promise<void>): Promise<number> {
  const started = performance.now()
  await work()
  return Math.round(count / ((performance.now() - started) / 1000))
}
