import type { ContactFields } from '@jumpring/sync'
import { expect, vi } from 'vitest'
import type { RateLimit, Secrets } from '../connector.ts'
import type { ConformancePlatform, ConformanceSandbox } from './sandbox.ts'

export const nora = { name: 'Nora Lindqvist', phone: '+12035550117', email: 'nora@example.com' }
export const otto = { name: 'Otto Brandt', phone: '+12035550118', email: 'otto@example.com' }
export const region = 'US'
/** Of whoever is created. */
export const edgeKey = '001-00017'

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
    create: (fields: ContactFields, externalIdField: string | null = null) =>
      connector.freezeCreate(fields, {
        edgeKey,
        settings: sandbox.settings,
        externalIdField,
        acquisitionField: null,
      }),
    renewNow: async () => {
      secrets = await renew(secrets)
    },
    [Symbol.asyncDispose]: () => sandbox[Symbol.asyncDispose](),
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
