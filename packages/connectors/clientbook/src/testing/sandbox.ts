import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ConformanceSandbox } from '@jumpring/connector-kit/conformance'
import { connectionSettingsSchema } from '@jumpring/contracts'
import { createSandbox } from '@jumpring/sandbox'
import { z } from 'zod'
import { deskOf } from './desk.ts'
import { objectsOf } from './objects.ts'

const idSchema = z.object({ id: z.string() })
const accountSchema = z.object({
  accountId: z.string(),
  locations: z.tuple([idSchema]),
  clientId: z.string(),
  clientSecret: z.string(),
  authorizationCode: z.string(),
})
const clientSchema = z.object({
  id: z.string(),
  first_name: z.string().nullable(),
  last_name: z.string().nullable(),
  pos_id: z.string().nullable(),
  phones: z.array(z.object({ label: z.string(), number: z.string() })),
  emails: z.array(z.object({ address: z.string() })),
  created_at: z.string(),
})
const textSchema = z.object({ to: z.string(), body: z.string() })

const fault = { refused: '400', failed: '500', doneUnanswered: 'timeoutAfterDone' } as const

/** Prompt, without limits, and silent about what nobody asked for. */
const calm = { webhookDelayMs: 5, textDelayMs: { min: 5, max: 40 }, rateLimit: 0, ownActivity: false }

/** An account of its own on a fresh sandbox: one associate without Point of Sale ID, one who is 7; a preference of each type. */
export async function startClientbook(): Promise<ConformanceSandbox> {
  const folder = await mkdtemp(join(tmpdir(), 'clientbook-conformance-'))
  const { app } = await createSandbox({ directory: folder, customers: 0, clientbook: calm })
  const address = await app.listen({ host: '127.0.0.1', port: 0 })

  async function call(method: string, path: string, body?: object): Promise<unknown> {
    const answer = await fetch(address + path, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    return answer.json()
  }
  const control = (method: string, path: string, body?: object) => call(method, `/control/clientbook/${path}`, body)
  const set = async (settings: object) => void (await control('POST', 'settings', settings))
  const spoil = async (method: string, path: string, action: string = fault.doneUnanswered) =>
    void (await control('POST', 'faults', { match: { method, path }, action }))

  const account = accountSchema.parse(await control('POST', 'accounts', { name: 'Test', locations: ['One'] }))
  const { accountId, clientId, clientSecret, authorizationCode } = account
  const location = account.locations[0].id
  const state = (what: string) => call('GET', `/state/clientbook/${what}?accountId=${accountId}`)
  const clients = async () => {
    const all = z.array(clientSchema).parse(await state('clients'))
    return all.toSorted((a, b) => a.created_at.localeCompare(b.created_at))
  }
  const labelOf = async (uid: string) => (await clients()).find(({ id }) => id === uid)?.phones[0]?.label ?? 'Mobile'
  const desk = await deskOf({ accountId, control, state, set, spoil })
  const customFields = [
    { field: '1', preference: desk.preferences.text, type: 'text' },
    { field: '2', preference: desk.preferences.number, type: 'number' },
    { field: '3', preference: desk.preferences.date, type: 'date' },
    { field: '4', preference: desk.preferences.choice, type: 'choice', choices: [desk.choice] },
    { field: '5', preference: desk.preferences.yesNo, type: 'yesNo' },
  ]

  return {
    baseUrl: `${address}/clientbook`,
    secrets: { clientId, clientSecret, authorizationCode, redirectUri: 'https://example.com/connected' },
    location,
    settings: connectionSettingsSchema.parse({ defaultLocation: location, customFields }),
    async contacts() {
      return (await clients()).map((client) => ({
        uid: client.id,
        name: [client.first_name, client.last_name].filter(Boolean).join(' '),
        phones: client.phones.map(({ number }) => number),
        emails: client.emails.map((email) => email.address),
      }))
    },
    objects: async () => objectsOf(await state('products'), await state('purchases'), await clients()),
    texts: async () => z.array(textSchema).parse(await call('GET', '/state/clientbook/texts')),
    staff: {
      async create({ name, phone, email }) {
        const [first_name, last_name] = name.split(' ')
        const phones = [{ label: 'Mobile', number: phone }]
        const emails = [{ label: 'Home', address: email }]
        const body = { accountId, first_name, last_name, phones, emails }
        return idSchema.parse(await control('POST', 'clients', body)).id
      },
      async changePhone(uid, phone) {
        await control('PATCH', `clients/${uid}`, { phones: [{ label: await labelOf(uid), number: phone }] })
      },
      async addPhone(uid, phone) {
        await control('PATCH', `clients/${uid}`, { phones: [{ label: 'Another', number: phone }] })
      },
      async optOut(uid, phone) {
        const stop = { channel: 'sms', direction: 'inbound', body: 'STOP', phone }
        await control('POST', `clients/${uid}/messages`, stop)
      },
      async remove(uid) {
        await control('DELETE', `clients/${uid}`, {})
      },
      async rewordProduct(externalId, title) {
        await control('PATCH', `products/${await desk.productOf(externalId)}`, { title })
      },
      async merge({ kept, gone }) {
        await control('POST', `clients/${gone}/merge`, { into: kept })
      },
    },
    limitTo: (rateLimit) => set({ rateLimit }),
    setTokenLife: (accessTokenSeconds) => set({ accessTokenSeconds }),
    spoilNextWrite: (how) => spoil('PUT', '/v1/clients*', fault[how]),
    spoilNextMerge: (when) => (when === 'beginning' ? spoil('PATCH', '/v1/clients/*') : spoil('POST', '/v1/clients/*')),
    spoilNextObjects: () => spoil('POST', '/v1/purchases*'),
    spoilNextText: () => spoil('POST', '/v1/sms'),
    refuseObject: (externalId) => set({ refuseObjects: [externalId] }),
    loseTextsTo: (phone) => set({ textsFailTo: [phone] }),
    deliverTwice: () => set({ webhookDouble: true }),
    grow: () => set({ extraFields: true }),
    desk,
    async [Symbol.asyncDispose]() {
      await app.close()
      await rm(folder, { recursive: true })
    },
  }
}
