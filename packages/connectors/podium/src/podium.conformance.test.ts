import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ConformanceSandbox, registerConformance } from '@jumpring/connector-kit/conformance'
import { connectionSettingsSchema, type Sink } from '@jumpring/contracts'
import { createSandbox, type PodiumSettings } from '@jumpring/sandbox'
import { z } from 'zod'
import { podium } from './index.ts'
import { pageSize } from './wire.ts'

const accountSchema = z.object({
  organizationUid: z.string(),
  locations: z.tuple([z.object({ uid: z.string() })]),
  clientId: z.string(),
  clientSecret: z.string(),
  authorizationCode: z.string(),
  feeds: z.record(z.string(), z.string()),
})
const contactSchema = z.object({
  uid: z.string(),
  name: z.string(),
  phoneNumbers: z.array(z.string()),
  emails: z.array(z.string()),
})

const objectSchema = z.object({
  externalId: z.string(),
  type: z.string(),
  title: z.string().nullable(),
  archived: z.boolean(),
  history: z.array(z.unknown()),
  contact: z.object({ name: z.string() }).nullable(),
  fields: z.record(z.string(), z.unknown()),
})
const textSchema = z.object({ to: z.string(), body: z.string() })

const fault = { refused: '400', failed: '500', doneUnanswered: 'timeoutAfterDone' } as const

/** Writes are applied late, as at Podium, but not by much. */
const unlimited = { applyDelayMs: { min: 5, max: 40 }, textDelayMs: { min: 5, max: 40 }, rateLimit: 0 }

async function startSandbox(sink: Sink, podiumSettings: Partial<PodiumSettings>): Promise<ConformanceSandbox> {
  const folder = await mkdtemp(join(tmpdir(), 'podium-conformance-'))
  const { app } = await createSandbox({ directory: folder, customers: 0, podium: { ...unlimited, ...podiumSettings } })
  const address = await app.listen({ host: '127.0.0.1', port: 0 })

  async function call(method: string, path: string, body?: object): Promise<unknown> {
    const answer = await fetch(address + path, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status}`)
    return answer.json()
  }
  const set = async (settings: object) => void (await call('POST', '/control/podium/settings', settings))

  const account = accountSchema.parse(
    await call('POST', '/control/podium/accounts', { name: 'Test', locations: ['One'] }),
  )
  const { organizationUid, clientId, clientSecret, authorizationCode, feeds } = account
  const location = account.locations[0].uid
  const spoil = (path: string) =>
    call('POST', '/control/podium/faults', { match: { path }, action: fault.doneUnanswered })

  async function contacts() {
    const all = z.array(contactSchema).parse(await call('GET', '/state/podium/contacts'))
    return all.map(({ phoneNumbers, ...contact }) => ({ ...contact, phones: phoneNumbers }))
  }

  return {
    baseUrl: `${address}/podium`,
    secrets: { clientId, clientSecret, authorizationCode, redirectUri: 'https://example.com/connected' },
    location,
    settings: connectionSettingsSchema.parse({ defaultLocation: location, sink, feeds }),
    contacts,
    async objects() {
      const all = z.array(objectSchema).parse(await call('GET', '/state/podium/objects'))
      return all.map(({ history, contact, ...object }) => ({
        ...object,
        writes: history.length,
        contact: contact?.name ?? null,
      }))
    },
    texts: async () => z.array(textSchema).parse(await call('GET', '/state/podium/texts')),
    staff: {
      async create({ name, phone, email }) {
        const body = { organizationUid, name, phoneNumbers: [phone], emails: [email] }
        return contactSchema.parse(await call('POST', '/control/podium/contacts', body)).uid
      },
      async changePhone(uid, phone) {
        await call('PATCH', `/control/podium/contacts/${uid}`, { phoneNumbers: [phone] })
      },
      async addPhone(uid, phone) {
        const phones = (await contacts()).find((contact) => contact.uid === uid)?.phones ?? []
        await call('PATCH', `/control/podium/contacts/${uid}`, { phoneNumbers: [...phones, phone] })
      },
      async optOut(uid, phone) {
        await call('PATCH', `/control/podium/contacts/${uid}`, { optedOut: [phone] })
      },
      async remove(uid) {
        await call('DELETE', `/control/podium/contacts/${uid}`)
      },
      async rewordProduct(externalId, title) {
        await call('POST', `/control/podium/products/${externalId}/words?organizationUid=${organizationUid}`, { title })
      },
      async merge({ kept, gone }) {
        await call('POST', `/control/podium/contacts/${gone}/merge`, { into: kept })
      },
    },
    limitTo: (rateLimit) => set({ rateLimit }),
    setTokenLife: (accessTokenSeconds) => set({ accessTokenSeconds }),
    async spoilNextWrite(how) {
      await call('POST', '/control/podium/faults', { match: { path: '/v4/contacts*' }, action: fault[how] })
    },
    spoilNextObjects: async () => void (await spoil(sink === 'dataFeed' ? '/v4/dataFeeds*' : '/partner/v1*')),
    spoilNextText: async () => void (await spoil(sink === 'dataFeed' ? '/v4/messages' : '/partner/v1/texts')),
    refuseObject: (externalId) => set({ refuseObjects: [externalId] }),
    loseTextsTo: (phone) => set({ textsFailTo: [phone] }),
    deliverTwice: () => set({ webhookDouble: true }),
    async [Symbol.asyncDispose]() {
      await app.close()
      await rm(folder, { recursive: true })
    },
  }
}

// Podium does not say what a PATCH with another phone does to the one before, and there are two ways for objects and for texts.
for (const [phonePatch, sink, texts] of [
  ['replace', 'dataFeed', 'public'],
  ['add', 'partnerApi', 'partner'],
] as const)
  registerConformance(`Podium (a phone patched: ${phonePatch}; objects: ${sink}; texts: ${texts})`, {
    connector: podium,
    pageSize,
    objects: { kinds: ['purchase', 'appointment', 'serviceJob', 'product'], needContact: sink === 'partnerApi' },
    texts,
    startSandbox: () => startSandbox(sink, { phonePatch }),
  })
