import { basename, join } from 'node:path'
import { installLicense, setDatabase } from '@jumpring/agent'
import { signIn } from './admin.ts'
import { type AgentPlace, enrollAgent, isEnrolled } from './agent.ts'
import { local } from './apps.ts'
import { makeLicense } from './licensing.ts'
import * as provisioning from './provisioning.ts'
import type { Secrets } from './secrets.ts'

/** The demo tenant, as far as others have to know it. */
export interface Demo {
  connectionId: string
}

const tenantName = 'Lindqvist Jewelers'

/**
 * Makes a vendor, its staff, a tenant with one store, its connection to the sandbox's Podium, an enrolled agent and its license, through
 * the same API as anyone. Looks before it makes: run again, also after it was cut short, it makes what is missing.
 */
export async function provisionDemo(system: {
  ports: { api: number; sandbox: number }
  place: AgentPlace
  secrets: Secrets
}): Promise<Demo> {
  const { operator, vendor, store } = system.secrets.accounts
  const [api, sandbox] = [local(system.ports.api), local(system.ports.sandbox)]
  const admin = await signIn(`${api}/graphql`, operator)

  const vendorId = await provisioning.ensureVendor(admin, 'Podium', 'podium')
  await provisioning.ensureUser(admin, { ...vendor, role: 'vendor', vendorId })
  const tenant =
    (await provisioning.findTenant(admin, vendorId, tenantName)) ??
    (await provisioning.createTenant(admin, vendorId, tenantName))
  await provisioning.ensureUser(admin, { ...store, role: 'store', tenantId: tenant.id })
  const storeLicenseId = basename(system.place.edtFolder)
  const [source] = tenant.sources
  const sourceId =
    source?.id ?? (await provisioning.createStore(admin, tenant.id, '001', 'Main Street', storeLicenseId))
  if (source?.storeLicenseId === null)
    await provisioning.setStoreLicenseId(admin, { tenantId: tenant.id, sourceId, storeLicenseId })
  const [connection] = tenant.connections
  const connectionId = connection?.id ?? (await connect(tenant.id))

  if (!(await isEnrolled(system.place))) {
    await enrollAgent(system.place, api, await provisioning.createEnrollmentCode(admin, tenant.id, sourceId))
  }
  // EDT brings the customers; what its files do not carry, or not whole, is read from the store's database.
  setDatabase(system.place.dataDir, {
    driver: 'sqlite',
    file: join(system.place.edtFolder, '..', '..', 'edge.sqlite'),
    kinds: ['acquisition', 'notification', 'item', 'saleLine', 'job', 'appointment'],
  })
  if (!connection?.licensedTier) await license()
  return { connectionId }

  async function license(): Promise<void> {
    const wanted = { connectionId, tier: 'clienteling_plus', mailTo: store.email } as const
    await installLicense(system.place.dataDir, await makeLicense(admin, wanted))
  }

  async function connect(tenantId: string): Promise<string> {
    const account = await provisioning.podiumAccount(sandbox)
    return provisioning.createPodiumConnection(admin, {
      tenantId,
      sandbox,
      account,
      tier: 'clienteling_plus',
      settings: { streams: { notifications: true } },
    })
  }
}
