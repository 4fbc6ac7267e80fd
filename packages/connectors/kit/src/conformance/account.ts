import type { ContactFields } from '@jumpring/sync'
import { expect, vi } from 'vitest'
import type { FreezeSource, RateLimit, Secrets } from '../connector.ts'
import type { PlatformEvent } from '../events.ts'
import { startWebhookReceiver } from '../webhook-receiver.ts'
import type { ConformancePlatform, ConformanceSandbox } from './sandbox.ts'

export type Person = Required<Pick<ContactFields, 'name' | 'phone' | 'email'>> & { readonly key: string }

export const nora: Person = {
  key: '001-00017',
  name: 'Nora Lindqvist',
  phone: '+12035550117',
  email: 'nora@example.com',
}
export const otto: Person = { key: '001-00018', name: 'Otto Brandt', phone: '+12035550118', email: 'otto@example.com' }
export const region = 'US'

/** Long enough for a sandbox on a busy machine, short enough for a test that waits for it. */
const timeoutMs = 2_000
/** How long a condition is waited for. */
export const settle = { timeout: 10_000, interval: 20 }
/** For a whole test. */
export const patience = { timeout: 20_000 }

/** A connected account on a fresh sandbox. */
export async function connect({ connector, startSandbox }: ConformancePlatform) {
  const sandbox = await startSandbox()
  const limits: RateLimit[] = []
  let renewals = 0
  let secrets = await renew(connector.parseSecrets(sandbox.secrets))

  function renew(held: Secrets): Promise<Secrets> {
    return connector.renewSecrets(held, sandbox.baseUrl, new Date())
  }
  function token(): string {
    const current = connector.currentToken(secrets, new Date(0))
    if (current === null) throw new Error('Renewed secrets hold no token.')
    return current
  }
  const session = connector.openSession({
    baseUrl: sandbox.baseUrl,
    region,
    timeoutMs,
    accessToken: async () => token(),
    renewToken: async () => {
      renewals++
      secrets = await renew(secrets)
      return token()
    },
    onRateLimit: (limit) => limits.push(limit),
  })
  return {
    sandbox,
    session,
    limits,
    renewals: () => renewals,
    /** The first write of a person, frozen. */
    create({ key, ...fields }: Person & ContactFields, fieldsOfAccount: Partial<FreezeSource> = {}) {
      const source = { edgeKey: key, settings: sandbox.settings, externalIdField: null, acquisitionField: null }
      return connector.freezeCreate(fields, { ...source, ...fieldsOfAccount })
    },
    /** By what the platform knows a person, the likeliest first. */
    identifiersOf: ({ key, phone, email }: Person) => (connector.identity === 'methods' ? [phone, email] : [key]),
    renewNow: async () => {
      secrets = await renew(secrets)
    },
    [Symbol.asyncDispose]: () => sandbox[Symbol.asyncDispose](),
  }
}

export const webhookSecret = 'a secret that both sides know'

/** A connected account whose events come to a receiver. */
export async function subscribe(platform: ConformancePlatform) {
  const line = await connect(platform)
  const receiver = await startWebhookReceiver()
  const webhook = { url: receiver.url, secret: webhookSecret }
  await line.session.ensureWebhook(webhook)
  const sofar = () => receiver.received.map(({ rawBody }) => platform.connector.readEvent(rawBody.toString(), region))
  return {
    ...line,
    receiver,
    webhook,
    /** The events received so far, once they satisfy. */
    events: (satisfy: (events: readonly PlatformEvent[]) => void) =>
      vi.waitFor(() => {
        const events = sofar()
        satisfy(events)
        return events
      }, settle),
    async [Symbol.asyncDispose]() {
      await line[Symbol.asyncDispose]()
      await receiver[Symbol.asyncDispose]()
    },
  }
}

/** Waits until the platform holds exactly these contacts, each with its phone and e-mail. */
export async function shows(
  sandbox: ConformanceSandbox,
  expected: readonly Required<Pick<ContactFields, 'name' | 'phone' | 'email'>>[],
) {
  await vi.waitFor(async () => {
    const shown = await sandbox.contacts()
    expect(shown.map(({ name }) => name)).toEqual(expected.map(({ name }) => name))
    for (const [at, { phone, email }] of expected.entries()) {
      expect(shown[at]?.phones).toContain(phone)
      expect(shown[at]?.emails).toContain(email)
    }
  }, settle)
}
