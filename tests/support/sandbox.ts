import { z } from 'zod'

const contactSchema = z.looseObject({
  uid: z.string(),
  name: z.string().nullable(),
  phoneNumbers: z.array(z.string()),
  emails: z.array(z.string()),
  organization: z.object({ uid: z.string() }),
})
const customerSchema = z.object({
  Key: z.string(),
  PairValue: z.looseObject({
    Phones: z.array(z.object({ Key: z.string(), PairValue: z.looseObject({ PhonePhone: z.string().nullable() }) })),
    Emails: z.array(z.object({ Key: z.string(), PairValue: z.looseObject({ EmailEmail: z.string().nullable() }) })),
  }),
})

/** A contact as the sandbox's Podium holds it. */
export type SandboxContact = z.infer<typeof contactSchema>
/** A customer as the sandbox's store holds it. */
export type StoreCustomer = z.infer<typeof customerSchema>

/** What tests ask of the sandbox and do in it. Throws on an answer that is no success. */
export interface SandboxClient {
  /** Every contact, of one organization if it is given. */
  contacts(organizationUid?: string): Promise<SandboxContact[]>
  customers(): Promise<StoreCustomer[]>
  get(path: string): Promise<unknown>
  post(path: string, body?: unknown): Promise<unknown>
  patch(path: string, body: unknown): Promise<unknown>
}

/** A client of the sandbox at `url`. */
export function sandboxClient(url: string): SandboxClient {
  const get = (path: string) => send('GET', path)
  return {
    contacts: async (organizationUid) => {
      const all = z.array(contactSchema).parse(await get('/state/podium/contacts'))
      return all.filter(({ organization }) => !organizationUid || organization.uid === organizationUid)
    },
    customers: async () => z.array(customerSchema).parse(await get('/state/store/customers')),
    get,
    post: (path, body = {}) => send('POST', path, body),
    patch: (path, body) => send('PATCH', path, body),
  }

  async function send(method: string, path: string, body?: unknown): Promise<unknown> {
    const json =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
    const answer = await fetch(`${url}${path}`, { method, ...json })
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`)
    return answer.json()
  }
}
