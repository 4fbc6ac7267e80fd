import { join } from 'node:path'
import type { SqlConfig } from '@jumpring/agent'
import { createSandbox, type SandboxOptions } from '@jumpring/sandbox'
import { z } from 'zod'
import { sandboxClient } from '../../support/sandbox.ts'
import type { Stack } from '../../support/stack.ts'
import { createTestTenant, type TestTenant } from '../../support/tenant.ts'
import { type Steering, steering } from './steering.ts'

/** What is not documented of Podium and of The Edge, in two readings: a list is replaced by what is sent, or has it added. */
export const readings = [
  {
    name: 'replace',
    podium: { phonePatch: 'replace', emailPatch: 'replace' },
    store: { phonesImport: 'replace' },
  },
  { name: 'add', podium: { phonePatch: 'add', emailPatch: 'add' }, store: { phonesImport: 'add' } },
] as const satisfies ShopOptions[]

const contactSchema = z.object({
  uid: z.string(),
  name: z.string().nullable(),
  phoneNumbers: z.array(z.string()),
  emails: z.array(z.string()),
  address: z.looseObject({ addressLine1: z.string().nullish(), city: z.string().nullish() }).nullable(),
  organization: z.object({ uid: z.string() }),
  locations: z.array(z.object({ uid: z.string() })),
})
/** A contact as Podium's staff sees it. */
export type Contact = z.infer<typeof contactSchema>

const list = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.array(z.object({ Key: z.string(), PairValue: z.looseObject(shape) }))
const customerSchema = z.object({
  Key: z.string(),
  PairValue: z.looseObject({
    CustomerFirstName: z.string(),
    CustomerLastName: z.string(),
    CustomerAcquisition: z.string(),
    Phones: list({ PhonePhone: z.string(), PhoneDoNotContact: z.boolean() }),
    Emails: list({ EmailEmail: z.string() }),
    Addresses: list({ AddressStreet: z.string(), AddressCity: z.string() }),
    CustomerTransfer: z.looseObject({ WebTransferWebID: z.string() }),
  }),
})

/** A customer as the people of the shop see it. */
export interface Customer {
  key: string
  name: string
  /** `type number`, in the store's order. */
  phones: string[]
  /** The numbers among them that must not be contacted. */
  doNotContact: string[]
  emails: string[]
  streets: string[]
  acquisition: string
  webId: string
  /** EDT's PairValue, whole. */
  fields: Record<string, unknown>
}

/** A jewelry business: a tenant whose store and Podium account are in a sandbox of its own, and its agent. */
export interface Shop {
  tenant: TestTenant
  /** The connection, as the store's staff steers it. */
  staff: Steering
  /** The connection, as the operator steers it. */
  operator: Steering
  /** The agent's name in the stack. */
  agent: string
  /** Enrolls the agent, installs a license and starts it. */
  startAgent(): Promise<void>
  edtFolder: string
  sandboxUrl: string
  get(path: string): Promise<unknown>
  /** What people do at the till and on Podium's screens: the sandbox's own routes. */
  post(path: string, body?: unknown): Promise<unknown>
  patch(path: string, body: unknown): Promise<unknown>
  remove(path: string): Promise<void>
  /** A new customer at the till; gives its key. */
  addCustomer(
    name: string,
    methods: { phone?: string; email?: string },
    fields?: Record<string, unknown>,
  ): Promise<string>
  /** A new contact on Podium's screens; gives its uid. */
  addContact(contact: {
    name: string
    phoneNumbers?: string[]
    emails?: string[]
    address?: Record<string, string>
    locations?: string[]
  }): Promise<string>
  /** Podium's staff changes a contact. */
  changeContact(uid: string, change: Record<string, unknown>): Promise<void>
  contacts(): Promise<Contact[]>
  customers(): Promise<Customer[]>
  /** Waits until a contact has this phone or e-mail and fits. */
  contactWith(identifier: string, fits?: (contact: Contact) => boolean): Promise<Contact>
  /** Waits until a customer fits. */
  customerWhere(what: string, fits: (customer: Customer) => boolean): Promise<Customer>
  customer(key: string): Promise<Customer>
  /** How many requests of a route the sandbox's Podium has answered: `PATCH /v4/contacts/:identifier`. */
  requests(route: string): Promise<number>
  /** The last record of the way down and the way up: what stood before it has arrived when this returns. */
  marker(): Promise<void>
  close(): Promise<void>
}

export interface ShopOptions {
  /** Of its folder and agent. */
  name: string
  podium?: SandboxOptions['podium']
  store?: SandboxOptions['store']
  /** As in ConnectionSettingsInput. */
  settings?: Record<string, unknown>
  tier?: 'clienteling' | 'clienteling_plus'
  /** BY-01: what the connection begins with; the upload, unless told otherwise. */
  startWith?: 'UPLOAD' | 'PREVIEW'
  /** Made-up customers at the start. */
  customers?: number
  /** The kinds that the agent reads from the store's database; none: it reads EDT's files only. */
  sql?: NonNullable<SqlConfig['kinds']>
  /** false: no license is installed. */
  licensed?: boolean
  /** false: no agent yet. */
  agent?: boolean
}

/** Opens shops in a running stack, one after the other since the first makes the vendor, and starts their agents at once. */
export async function openShops(stack: Stack, wanted: readonly ShopOptions[]): Promise<Shop[]> {
  const shops: Shop[] = []
  for (const options of wanted) shops.push(await openShop(stack, options))
  await Promise.all(wanted.map((options, index) => (options.agent === false ? undefined : shops[index]?.startAgent())))
  return shops
}

/** Opens one shop. Podium's limit is off and its writes are applied soon, unless told otherwise. */
async function openShop(stack: Stack, options: ShopOptions): Promise<Shop> {
  const sandbox = await createSandbox({
    directory: join(stack.dir, `sandbox-${options.name}`),
    customers: options.customers ?? 0,
    podium: { applyDelayMs: { min: 20, max: 120 }, rateLimit: 0, webhookRetryFactor: 0.01, ...options.podium },
    store: { edtRunMs: 50, ...options.store },
  })
  const sandboxUrl = await sandbox.app.listen({ host: '127.0.0.1', port: 0 })
  const client = sandboxClient(sandboxUrl)
  const { settings, tier, startWith } = options
  const tenant = await createTestTenant(
    { ...stack, addresses: { ...stack.addresses, sandbox: sandboxUrl } },
    { ...(settings && { settings }), ...(tier && { tier }), ...(startWith && { startWith }) },
  )
  const edtFolder = sandbox.store.folder
  const agent = `agent-${options.name}`
  let markers = 0

  const shop: Shop = {
    tenant,
    staff: steering(tenant.staff, tenant),
    operator: steering(tenant.operator, tenant),
    agent,
    startAgent: async () => {
      const license = options.licensed === false ? {} : { license: await tenant.license() }
      await stack.addAgent({
        name: agent,
        code: await tenant.enrollmentCode(),
        edtFolder,
        ...license,
        ...(options.sql && {
          sql: { driver: 'sqlite' as const, file: sandbox.store.database.file, kinds: options.sql },
        }),
      })
    },
    edtFolder,
    sandboxUrl,
    get: client.get,
    post: client.post,
    patch: client.patch,
    remove: async (path) => {
      const answer = await fetch(`${sandboxUrl}${path}`, { method: 'DELETE' })
      if (!answer.ok) throw new Error(`DELETE ${path} answered ${answer.status}`)
    },
    addCustomer: async (name, methods, fields = {}) => {
      const [CustomerFirstName, ...rest] = name.split(' ')
      const named = { CustomerFirstName, CustomerLastName: rest.join(' '), ...fields }
      return customerSchema.parse(await client.post('/store/customers', { ...methods, fields: named })).Key
    },
    addContact: async (contact) => {
      const { organizationUid } = tenant.account
      const made = await client.post('/control/podium/contacts', { organizationUid, ...contact })
      return z.object({ uid: z.string() }).parse(made).uid
    },
    changeContact: async (uid, change) => {
      await client.patch(`/control/podium/contacts/${uid}`, change)
    },
    contacts: async () => z.array(contactSchema).parse(await client.get('/state/podium/contacts')),
    customers: async () =>
      z
        .array(customerSchema)
        .parse(await client.get('/state/store/customers'))
        .map(customerOf),
    contactWith: (identifier, fits = () => true) =>
      stack.waitFor(
        async () =>
          (await shop.contacts()).find(
            (contact) => [...contact.phoneNumbers, ...contact.emails].includes(identifier) && fits(contact),
          ),
        { what: `a contact with ${identifier} that fits` },
      ),
    customerWhere: (what, fits) =>
      stack.waitFor(async () => (await shop.customers()).find(fits), { what: `a customer: ${what}` }),
    customer: async (key) => {
      const found = (await shop.customers()).find((customer) => customer.key === key)
      if (!found) throw new Error(`There is no customer ${key}.`)
      return found
    },
    requests: async (route) => {
      const counts = z
        .record(z.string(), z.record(z.string(), z.number()))
        .parse(await client.get('/state/podium/requests'))
      return Object.values(counts[route] ?? {}).reduce((sum, count) => sum + count, 0)
    },
    marker: async () => {
      const marker = ++markers
      const email = `marker-${marker}@example.com`
      await shop.addContact({ name: `Marker ${marker}`, emails: [email] })
      const { key } = await shop.customerWhere(email, (customer) => customer.emails.includes(email))
      const phone = `415555${String(marker).padStart(4, '0')}`
      await client.post(`/store/customers/${key}/phone`, { phone })
      await shop.contactWith(`+1${phone}`)
      await stack.waitFor(async () => isQuiet(await client.get('/state/podium/writes')), { what: 'all writes applied' })
    },
    close: () => sandbox.app.close(),
  }
  return shop
}

const isQuiet = (writes: unknown) => z.object({ waiting: z.number() }).parse(writes).waiting === 0

function customerOf({ Key, PairValue: fields }: z.infer<typeof customerSchema>): Customer {
  return {
    key: Key,
    name: `${fields.CustomerFirstName} ${fields.CustomerLastName}`.trim(),
    phones: fields.Phones.map(({ Key: type, PairValue }) => `${type} ${PairValue.PhonePhone}`),
    doNotContact: fields.Phones.flatMap(({ PairValue }) => (PairValue.PhoneDoNotContact ? [PairValue.PhonePhone] : [])),
    emails: fields.Emails.map(({ PairValue }) => PairValue.EmailEmail),
    streets: fields.Addresses.map(({ PairValue }) => PairValue.AddressStreet),
    acquisition: fields.CustomerAcquisition,
    webId: fields.CustomerTransfer.WebTransferWebID,
    fields,
  }
}
