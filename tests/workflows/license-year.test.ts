import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connectionSettingsSchema } from '@jumpring/contracts'
import {
  type AgentIdentity,
  createConnection,
  createEnrollmentCode,
  createKeyFile,
  createStore,
  createTenant,
  createVendor,
  type Database,
  enrollAgent,
  findConnection,
  findLicense,
  installLicense,
  issueLicense,
  openDatabase,
  openKeyring,
  requestLicense,
  revokeLicense,
} from '@jumpring/db'
import { licenseWorkflowId, ringLicense, taskQueues } from '@jumpring/workflows'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { Worker } from '@temporalio/worker'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { workflowBundle } from '../../apps/worker/src/bundle.ts'
import { createLicenseActivities } from '../../apps/worker/src/license/activities.ts'
import { licenseDeps } from '../../apps/worker/src/license/deps.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/leftovers.ts'
import { skippingTime } from '../support/skipping-time.ts'

let environment: TestWorkflowEnvironment
let database: TestDatabase
let db: Database
let folder: string
let agent: AgentIdentity
let at: { tenantId: string; connectionId: string }
const by = '00000000-0000-4000-8000-00000000000c'

beforeAll(async () => {
  environment = await skippingTime()
  database = await freshDatabase()
  db = openDatabase(database.appUrl)
  folder = await temporaryFolder()
  const { privateKey } = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  await writeFile(join(folder, 'license-key.pem'), privateKey)
  await createKeyFile(join(folder, 'keys.json'))

  const vendor = await createVendor(db, { name: 'Podium', platform: 'podium' })
  const tenant = await createTenant(db, { as: 'system' }, { vendorId: vendor.id, name: 'Jewelers', region: 'US' })
  const source = { name: 'Main', storeLicenseId: 'JR-0001' }
  const { sourceId } = await createStore(db, tenant.id, { number: '001', name: 'Main', source })
  const connectionId = await createConnection(db, await openKeyring(join(folder, 'keys.json')), tenant.id, {
    platform: 'podium',
    name: 'Podium',
    tier: 'clienteling',
    settings: connectionSettingsSchema.parse({}),
    baseUrl: 'http://127.0.0.1:1',
    secrets: { account: {}, webhookSecret: 'none' },
  })
  const codeHash = randomBytes(8).toString('hex')
  await createEnrollmentCode(db, tenant.id, { sourceId, codeHash, expiresAt: new Date(Date.now() + 60_000) })
  const { agentId } = await enrollAgent(db, { codeHash, publicKey: 'none', name: 'Back office', version: '0.1.0' })
  agent = { agentId, tenantId: tenant.id, sourceId }
  at = { tenantId: tenant.id, connectionId }
})
afterAll(async () => {
  await environment?.teardown()
  await db?.close()
  await database?.drop()
  if (folder) await rm(folder, { recursive: true, force: true })
})

const dayMs = 24 * 60 * 60_000
const patience = { timeout: 20_000 }
const now = async () => new Date(await environment.currentTimeMs())
const days = (count: number) => environment.sleep(count * dayMs)
const ring = (licenseId: string) => ringLicense(environment.client.workflow, { tenantId: at.tenantId, licenseId })
const license = (licenseId: string) => findLicense(db, { tenantId: at.tenantId, licenseId })
const tier = async () => (await findConnection(db, at))?.licensedTier
/** Waits for the workflow's end without its result: asking for that would let the clock run on to whatever comes next. */
const end = (licenseId: string) =>
  vi.waitFor(async () => {
    const { status } = await environment.client.workflow.getHandle(licenseWorkflowId(licenseId)).describe()
    expect(status.name).toBe('COMPLETED')
  }, patience)
/** The mails about a license: `issued`, `ending-30`, … */
const mails = async (licenseId: string) =>
  (await readdir(join(folder, 'mail')).catch(() => []))
    .filter((name) => name.startsWith(`license-${licenseId}-`))
    .map((name) => name.slice(`license-${licenseId}-`.length, -'.eml'.length))
    .sort()

let mailIsDown = false
/** Mails that came while it was. */
const refused: string[] = []

/** While a worker runs that has these licenses in its care. */
async function cared(work: () => Promise<void>): Promise<void> {
  const deps = licenseDeps(db, {
    LICENSE_KEY_FILE: join(folder, 'license-key.pem'),
    MAIL_DIR: join(folder, 'mail'),
    MAIL_FROM: 'licenses@jumpring.example',
    OPERATOR_EMAIL: 'operator@jumpring.example',
  })
  const mail = async (one: Parameters<typeof deps.mail>[0]) => {
    if (mailIsDown) {
      refused.push(one.id)
      throw new Error('The mail server does not answer.')
    }
    await deps.mail(one)
  }
  const worker = await Worker.create({
    connection: environment.nativeConnection,
    taskQueue: taskQueues.live,
    workflowBundle: await workflowBundle(),
    activities: createLicenseActivities({ ...deps, mail }),
  })
  await worker.runUntil(work)
}

/** Has what was ordered issued for a year: gives the signed file. */
async function signedLicense(licenseId: string): Promise<string> {
  const from = await now()
  await issueLicense(db, { ...at, licenseId }, { from, until: new Date(from.getTime() + 365 * dayMs), by })
  await ring(licenseId)
  return vi.waitFor(async () => (await license(licenseId))?.file ?? expect.fail('not signed yet'), patience)
}

async function orderedLicense(): Promise<string> {
  const order = { tier: 'clienteling', webStore: false, sourceId: null, mailTo: 'store@example.com', by } as const
  const licenseId = await requestLicense(db, at, order)
  await ring(licenseId)
  await vi.waitFor(async () => expect(await mails(licenseId)).toEqual(['requested']), patience)
  return licenseId
}

async function install(file: string): Promise<void> {
  const { licenseIds } = await installLicense(db, agent, file, await now())
  await Promise.all(licenseIds.map(ring))
}

/** Ordered, issued for a year, mailed and installed. */
async function newLicense(): Promise<string> {
  const licenseId = await orderedLicense()
  const file = await signedLicense(licenseId)
  await vi.waitFor(async () => expect(await mails(licenseId)).toEqual(['issued', 'requested']), patience)
  await install(file)
  return licenseId
}

it('[PD-02] a license lives for a year: reminders, renewal, end, and another that is revoked', async () => {
  await cared(async () => {
    const first = await newLicense()
    await days(334)
    expect(await mails(first)).toEqual(['issued', 'requested'])
    await days(2)
    await vi.waitFor(async () => expect(await mails(first)).toContain('ending-30'), patience)
    await days(20)
    expect(await mails(first)).not.toContain('ending-7')
    await days(3)
    await vi.waitFor(async () => expect(await mails(first)).toContain('ending-7'), patience)
    expect(await tier()).toBe('clienteling')

    const renewal = await newLicense()
    await end(first)
    expect(await license(first)).toMatchObject({ status: 'superseded', serial: 1 })
    expect(await mails(first)).not.toContain('ended')
    // Past the end of the first: the renewal holds.
    await days(30)
    expect(await tier()).toBe('clienteling')

    await days(306)
    await vi.waitFor(async () => expect(await mails(renewal)).toContain('ending-30'), patience)
    await days(24)
    await vi.waitFor(async () => expect(await mails(renewal)).toContain('ending-7'), patience)
    await days(6)
    await end(renewal)
    expect(await license(renewal)).toMatchObject({ status: 'expired', serial: 2 })
    expect(await mails(renewal)).toEqual(['ended', 'ending-30', 'ending-7', 'issued', 'requested'])
    expect(await tier()).toBeNull()

    const third = await newLicense()
    expect(await tier()).toBe('clienteling')
    await revokeLicense(db, { ...at, licenseId: third }, { reason: 'The account was closed.', by })
    expect(await tier()).toBeNull()
    await ring(third)
    await end(third)
    expect(await license(third)).toMatchObject({ status: 'revoked', serial: 3 })
    expect(await mails(third)).toEqual(['ended', 'issued', 'requested'])
  })
}, 120_000)

it('[PD-02] a store that has the file without the mail is told all the same when the license is revoked', async () => {
  await cared(async () => {
    const licenseId = await orderedLicense()
    mailIsDown = true
    await install(await signedLicense(licenseId))
    await revokeLicense(db, { ...at, licenseId }, { reason: 'The account was closed.', by })
    await ring(licenseId)
    // Until then the file may still be on its way into the mail.
    await vi.waitFor(() => expect(refused).toContain(`license-${licenseId}-ended`), patience)
    mailIsDown = false
    await end(licenseId)
    expect(await mails(licenseId)).toEqual(['ended', 'requested'])
  })
}, 60_000)
