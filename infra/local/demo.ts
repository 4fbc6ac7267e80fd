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
  /** By the platform's name. */
  connections: { Podium: string; Clientbook: string }
}

const tenantName = 'Lindqvist Jewelers'

/**
 * Makes a vendor, its staff, a tenant with one store, its connections to the sandbox's Podium and Clientbook, an enrolled agent and its licenses, through
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
  const podium = tenant.connections.find(({ platform }) => platform === 'podium')
  const podiumId = podium?.id ?? (await connectPodium(tenant.id))
  const clientbook = tenant.connections.find(({ platform }) => platform === 'clientbook')
  const clientbookId = clientbook?.id ?? (await connectClientbook(tenant.id))

  if (!(await isEnrolled(system.place))) {
    await enrollAgent(system.place, api, await provisioning.createEnrollmentCode(admin, tenant.id, sourceId))
  }
  // EDT brings the customers; what its files do not carry, or not whole, is read from the store's database.
  setDatabase(system.place.dataDir, {
    driver: 'sqlite',
    file: join(system.place.edtFolder, '..', '..', 'edge.sqlite'),
    kinds: ['acquisition', 'notification', 'item', 'saleLine', 'job', 'appointment', 'wish', 'note'],
  })
  if (!podium?.licensedTier) await license(podiumId, 'clienteling_plus')
  if (!clientbook?.licensedTier) await license(clientbookId, 'clienteling')
  return { connections: { Podium: podiumId, Clientbook: clientbookId } }

  async function license(connectionId: string, tier: 'clienteling' | 'clienteling_plus'): Promise<void> {
    const wanted = { connectionId, tier, mailTo: store.email }
    await installLicense(system.place.dataDir, await makeLicense(admin, wanted))
  }

  async function connectClientbook(tenantId: string): Promise<string> {
    const account = await provisioning.clientbookAccount(sandbox)
    const fields = await provisioning.customFieldsOf(sandbox)
    // CB-03: what is called the same on both sides is the same.
    const customFields = account.preferences.flatMap(({ id, name, type, choices }) =>
      fields
        .filter((field) => field.name === name)
        .map(({ number }) => ({
          field: number,
          name,
          preference: id,
          type: type === 'boolean' ? 'yesNo' : type,
          choices,
        })),
    )
    return provisioning.createClientbookConnection(admin, {
      tenantId,
      sandbox,
      account,
      settings: { customFields, defaultAssociate: '1' },
    })
  }

  async function connectPodium(tenantId: string): Promise<string> {
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
