import { until } from '@jumpring/infra/local'
import { z } from 'zod'
import type { Shop } from './shop.ts'

/** What is done to contacts with attributes, for which the sandbox has no screen of its own: through the public API. */
export interface PodiumStaff {
  /** The value of the contact's attribute "Acquisition"; null without one. */
  acquisitionOf(identifier: string): Promise<string | null>
  setAcquisition(identifier: string, label: string): Promise<void>
  /** A new contact that has an acquisition from the start. */
  addAcquired(contact: { name: string; email: string; acquisition: string }): Promise<void>
  /** Puts a tag that is new on a contact. */
  tag(identifier: string, label: string): Promise<void>
}

const codeSchema = z.object({ clientId: z.string(), clientSecret: z.string(), authorizationCode: z.string() })
const attributesSchema = z.object({ data: z.array(z.object({ uid: z.string(), label: z.string() })) })
const contactsSchema = z.array(
  z.object({
    phoneNumbers: z.array(z.string()),
    emails: z.array(z.string()),
    attributes: z.array(z.object({ label: z.string(), value: z.unknown() })),
  }),
)
const label = 'Acquisition'

export async function podiumStaff(shop: Shop): Promise<PodiumStaff> {
  const { organizationUid } = shop.tenant.account
  const code = codeSchema.parse(await shop.post('/control/podium/codes', { organizationUid }))
  const token = z.object({ access_token: z.string() }).parse(
    await shop.post('/podium/oauth/token', {
      grant_type: 'authorization_code',
      client_id: code.clientId,
      client_secret: code.clientSecret,
      code: code.authorizationCode,
      redirect_uri: `${shop.sandboxUrl}/connected`,
    }),
  )
  const call = (method: string, path: string, body?: unknown) =>
    fetch(`${shop.sandboxUrl}/podium/v4${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token.access_token}`,
        'podium-version': '2021.04.01',
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  // The connection makes it with its first run.
  const attribute = () =>
    until(
      async () => {
        const { data } = attributesSchema.parse(await (await call('GET', '/contact_attributes')).json())
        return data.find((one) => one.label === label)?.uid
      },
      { timeoutMs: 30_000, what: `the attribute ${label}` },
    )
  return {
    acquisitionOf: async (identifier) => {
      const contacts = contactsSchema.parse(await shop.get('/state/podium/contacts'))
      const found = contacts.find((one) => [...one.phoneNumbers, ...one.emails].includes(identifier))
      const { value } = found?.attributes.find((one) => one.label === label) ?? {}
      return typeof value === 'string' ? value : null
    },
    setAcquisition: async (identifier, value) => {
      const path = `/contacts/${encodeURIComponent(identifier)}/attributes/${await attribute()}`
      for (const method of ['PATCH', 'POST']) if ((await call(method, path, { value })).ok) return
      throw new Error('Podium did not take the acquisition')
    },
    tag: async (identifier, label) => {
      const made = await call('POST', '/contact_tags', { label, description: label })
      const { data } = z.object({ data: z.object({ uid: z.string() }) }).parse(await made.json())
      const answer = await call('POST', `/contacts/${encodeURIComponent(identifier)}/tags/${data.uid}`)
      if (!answer.ok) throw new Error('Podium did not take the tag')
    },
    addAcquired: async ({ acquisition, ...contact }) => {
      const attributes = [{ uid: await attribute(), value: acquisition }]
      const locations = shop.tenant.account.locations.map(({ uid }) => uid)
      const answer = await call('POST', '/contacts', { ...contact, attributes, locations })
      if (!answer.ok) throw new Error('Podium did not take the contact')
    },
  }
}
