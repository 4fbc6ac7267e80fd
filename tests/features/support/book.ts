import { join } from 'node:path'
import { installLicense } from '@jumpring/agent'
import {
  type ClientbookAccount,
  clientbookAccount,
  createClientbookConnection,
  makeLicense,
} from '@jumpring/infra/local'
import { z } from 'zod'
import type { Stack } from '../../support/stack.ts'
import type { Shop, ShopOptions } from './shop.ts'
import { type Steering, steering } from './steering.ts'

/** What the agent reads from the store's database: what EDT's files do not carry. */
export const fromDatabase = [
  'acquisition',
  'notification',
  'item',
  'saleLine',
  'job',
  'wish',
  'note',
] as const satisfies ShopOptions['sql']

const clientSchema = z.looseObject({
  id: z.string(),
  pos_id: z.string().nullable(),
  first_name: z.string().nullable(),
  last_name: z.string().nullable(),
  phones: z.array(z.object({ number: z.string(), sms_opted_out_at: z.string().nullable() })),
  emails: z.array(z.object({ address: z.string() })),
  addresses: z.array(z.looseObject({ line1: z.string().nullable() })),
  acquisition_source: z.string().nullable(),
  home_location_id: z.string().nullable(),
  /** By the preference's name. */
  preferences: z.record(z.string(), z.unknown()),
})
/** A client as Clientbook's staff sees it. */
export type BookClient = z.infer<typeof clientSchema>

const noteSchema = z.looseObject({
  id: z.string(),
  client_id: z.string(),
  body: z.string().nullable(),
  type: z.string(),
})
const collectionSchema = z.looseObject({
  id: z.string(),
  name: z.string(),
  client_id: z.string(),
  items: z.array(
    z.looseObject({
      id: z.string(),
      note: z.string().nullable(),
      product: z
        .looseObject({ id: z.string(), sku: z.string().nullable(), title: z.string(), kind: z.string() })
        .nullable(),
    }),
  ),
})
export type BookCollection = z.infer<typeof collectionSchema>
const productSchema = z.looseObject({
  id: z.string(),
  sku: z.string().nullable(),
  title: z.string(),
  kind: z.string(),
  status: z.enum(['active', 'archived']),
  attributes: z.array(z.object({ name: z.string(), value: z.string() })),
})
export type BookProduct = z.infer<typeof productSchema>
const purchaseSchema = z.looseObject({
  external_id: z.string(),
  client_pos_id: z.string().nullable(),
  receipt_number: z.string().nullable(),
  line_number: z.number().nullable(),
  amount: z.object({ amount: z.string() }).nullable(),
  is_return: z.boolean(),
  product_sku: z.string().nullable(),
})
export type BookPurchase = z.infer<typeof purchaseSchema>

/** What staff enter of a client: phones and e-mails as plain values, the first is the primary one. */
type Methods = { phones?: string[]; emails?: string[] } & Record<string, unknown>

const withLabels = ({ phones, emails, ...rest }: Methods) => ({
  ...rest,
  ...(phones && { phones: phones.map((number, n) => ({ label: 'Mobile', number, is_primary: n === 0 })) }),
  ...(emails && { emails: emails.map((address, n) => ({ label: 'Home', address, is_primary: n === 0 })) }),
})

/** A shop's account on Clientbook, and its connection. */
export interface Book {
  account: ClientbookAccount
  connectionId: string
  staff: Steering
  operator: Steering
  /** Clientbook's id of a preference or of an associate, by its name. */
  preference(name: string): string
  associate(firstName: string): string
  clients(): Promise<BookClient[]>
  /** Waits for the one client with this POS ID that fits. */
  client(posId: string, fits?: (client: BookClient) => boolean): Promise<BookClient>
  /** A new client on Clientbook's screens; gives its id. */
  addClient(client: Methods): Promise<string>
  changeClient(id: string, change: Methods): Promise<void>
  /** The texts of a client's notes, in their order. */
  notes(clientId: string): Promise<{ id: string; body: string }[]>
  collections(clientId: string): Promise<BookCollection[]>
  products(): Promise<BookProduct[]>
  purchases(): Promise<BookPurchase[]>
  state(name: string): Promise<unknown>
  /** What people do on Clientbook's screens. */
  post(path: string, body: object): Promise<unknown>
  patch(path: string, body: object): Promise<unknown>
  put(path: string, body: object): Promise<unknown>
  remove(path: string): Promise<void>
  /** How many requests of a route Clientbook has answered: `PUT /v1/clients/by-pos-id/:pos_id`. */
  requests(): Promise<Record<string, number>>
}

/** Gives a shop an account on Clientbook and joins the two. `settings` as in ConnectionSettingsInput. Its license is not installed yet. */
export async function openBook(
  stack: Stack,
  shop: Shop,
  settings: (account: ClientbookAccount) => Record<string, unknown> = () => ({}),
  startWith?: 'PREVIEW',
): Promise<Book & { license(): Promise<void> }> {
  const { tenant, sandboxUrl } = shop
  const account = await clientbookAccount(sandboxUrl, {
    name: `Jewelers ${tenant.id.slice(0, 8)}`,
    locations: ['Main Street', 'Harbor Mall'],
  })
  await shop.post('/control/clientbook/settings', { rateLimit: 0, webhookDelayMs: 20, webhookRetryFactor: 0.01 })
  const connectionId = await createClientbookConnection(tenant.operator, {
    tenantId: tenant.id,
    sandbox: sandboxUrl,
    account,
    settings: settings(account),
    ...(startWith && { startWith }),
  })
  const { accountId } = account
  const state = (name: string) => shop.get(`/state/clientbook/${name}?accountId=${accountId}`)
  const control = '/control/clientbook'
  const send = async (method: string, path: string, body: object) => {
    const answer = await fetch(`${sandboxUrl}${control}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`)
    return answer.json()
  }
  const known = (id: string | undefined, name: string): string => {
    if (id === undefined) throw new Error(`Clientbook has no ${name}.`)
    return id
  }
  const at = { id: tenant.id, connectionId }
  const book: Book = {
    account,
    connectionId,
    staff: steering(tenant.staff, at),
    operator: steering(tenant.operator, at),
    preference: (name) => known(account.preferences.find((one) => one.name === name)?.id, name),
    associate: (firstName) => known(account.associates.find((one) => one.first_name === firstName)?.id, firstName),
    clients: async () => z.array(clientSchema).parse(await state('clients')),
    client: (posId, fits = () => true) =>
      stack.waitFor(
        async () => {
          const found = (await book.clients()).filter((client) => client.pos_id === posId)
          if (found.length > 1) throw new Error(`${posId} is on Clientbook ${found.length} times.`)
          return found.find(fits)
        },
        { what: `a client ${posId} that fits` },
      ),
    addClient: async (client) =>
      z.object({ id: z.string() }).parse(await book.post('/clients', { accountId, ...withLabels(client) })).id,
    changeClient: async (id, change) => {
      await book.patch(`/clients/${id}`, withLabels(change))
    },
    notes: async (clientId) =>
      z
        .array(noteSchema)
        .parse(await state('activity'))
        .filter(({ client_id, type }) => client_id === clientId && type === 'note')
        .map(({ id, body }) => ({ id, body: body ?? '' })),
    collections: async (clientId) =>
      z
        .array(collectionSchema)
        .parse(await state('collections'))
        .filter(({ client_id }) => client_id === clientId),
    products: async () => z.array(productSchema).parse(await state('products')),
    purchases: async () => z.array(purchaseSchema).parse(await state('purchases')),
    state,
    post: (path, body) => send('POST', path, body),
    patch: (path, body) => send('PATCH', path, body),
    put: (path, body) => send('PUT', path, body),
    remove: (path) => shop.remove(`${control}${path}`),
    requests: async () => {
      const counts = z
        .record(z.string(), z.record(z.string(), z.number()))
        .parse(await shop.get('/state/clientbook/requests'))
      return Object.fromEntries(
        Object.entries(counts).map(([route, byStatus]) => [
          route,
          Object.values(byStatus).reduce((sum, count) => sum + count, 0),
        ]),
      )
    },
  }
  return {
    ...book,
    license: async () => {
      const file = await makeLicense(tenant.operator, { connectionId, tier: 'clienteling', sourceId: tenant.sourceId })
      await installLicense(join(stack.dir, shop.agent), file)
    },
  }
}

const rowSchema = z.record(z.string(), z.unknown())
/** Rows of a table of the store's database: `notes`, `wishes`, `activities`. */
export async function rowsOf(shop: Shop, name: 'notes' | 'wishes' | 'activities'): Promise<Record<string, unknown>[]> {
  return z.array(rowSchema).parse(await shop.get(`/state/store/${name}`))
}
