import { afterEach, expect, it, vi } from 'vitest'
import { z } from 'zod'
import {
  type Account,
  allContacts,
  caller,
  contactSchema,
  eventually,
  openAccount,
  startSandbox,
} from '../testing/kit.ts'
import { openApiIsHere, openApiProblem } from '../testing/openapi.ts'

afterEach(() => {
  vi.useRealTimers()
})

const late = { applyDelayMs: { min: 1500, max: 1600 } }
const pageSchema = z.object({
  data: z.array(contactSchema),
  metadata: z.object({ nextCursor: z.string().optional() }),
})

function nora({ location }: Account) {
  return { name: 'Nora Lindqvist', phoneNumber: '+12035550117', locations: [location] }
}
const path = (identifier: string) => `/v4/contacts/${encodeURIComponent(identifier)}`

it.skipIf(!openApiIsHere)(
  "every answer in these tests is held against Podium's OpenAPI files (skipped: they are not here)",
  () => {
    const problem = (body: unknown) => openApiProblem('GET', '/v4/contacts', 200, body)
    expect(problem({ data: [{ name: 'Nora' }] })).toBeUndefined()
    expect(problem({ data: [{ name: 'Nora', phone: '+12035550117' }] })).toContain('additional properties')
    expect(problem({ data: [{ name: 17 }] })).toContain('must be')
  },
)

it('a contact is accepted at once and there only later', async () => {
  const { url } = await startSandbox({ podium: late })
  const account = await openAccount(url)
  const call = caller(url, account)
  const posted = await call('POST', '/v4/contacts', nora(account))
  expect(posted).toMatchObject({ status: 202, body: { data: { identifier: '+12035550117' } } })
  expect((await call('GET', path('+12035550117'))).status).toBe(404)
  expect((await call('PATCH', path('+12035550117'), { name: 'N' })).status).toBe(404)
  await eventually(async () => (await call('GET', path('+12035550117'))).status).toBe(200)
})

it('writes to one contact are applied in the order they came', async () => {
  const { url } = await startSandbox({ podium: { applyDelayMs: { min: 0, max: 60 } } })
  const account = await openAccount(url)
  const call = caller(url, account)
  await call('POST', '/v4/contacts', nora(account))
  await eventually(async () => (await call('GET', path('+12035550117'))).status).toBe(200)
  for (let index = 1; index <= 20; index++) await call('PATCH', path('+12035550117'), { name: `Nora ${index}` })
  await eventually(async () => (await allContacts(url))[0]?.name).toBe('Nora 20')
})

it('an upsert finds the contact by phone or by e-mail and adds to it', async () => {
  const { url } = await startSandbox()
  const account = await openAccount(url)
  const call = caller(url, account)
  await call('POST', '/v4/contacts', { ...nora(account), email: 'nora@example.com' })
  const byEmail = {
    name: 'Nora L.',
    phoneNumber: '+12035550118',
    email: 'NORA@example.com',
    locations: [account.otherLocation],
  }
  await call('POST', '/v4/contacts', byEmail)
  const contacts = await allContacts(url)
  expect(contacts).toHaveLength(1)
  expect(contacts[0]).toMatchObject({
    name: 'Nora L.',
    phoneNumbers: ['+12035550117', '+12035550118'],
    emails: ['nora@example.com'],
    locations: [{ uid: account.location }, { uid: account.otherLocation }],
  })
})

it('an upsert that names two contacts goes to the one with the phone, or merges them', async () => {
  const { url, podium } = await startSandbox()
  const account = await openAccount(url)
  const call = caller(url, account)
  await call('POST', '/v4/contacts', nora(account))
  await call('POST', '/v4/contacts', { name: 'Max', email: 'max@example.com', locations: [account.location] })
  const both = { ...nora(account), email: 'max@example.com' }
  await call('POST', '/v4/contacts', both)
  expect((await allContacts(url)).map(({ emails }) => emails)).toEqual([[], ['max@example.com']])
  podium.settings.change({ upsertOfTwo: 'merge' })
  await call('POST', '/v4/contacts', both)
  expect(await allContacts(url)).toMatchObject([{ phoneNumbers: ['+12035550117'], emails: ['max@example.com'] }])
})

it.each([
  ['replace', ['+12035550199']],
  ['add', ['+12035550117', '+12035550199']],
] as const)('told to %s, a PATCH with another phone gives %j', async (phonePatch, expected) => {
  const { url } = await startSandbox({ podium: { phonePatch } })
  const account = await openAccount(url)
  const call = caller(url, account)
  await call('POST', '/v4/contacts', nora(account))
  expect((await call('PATCH', path('+12035550117'), { phoneNumber: '+12035550199' })).status).toBe(202)
  expect((await allContacts(url))[0]?.phoneNumbers).toEqual(expected)
  expect((await call('GET', path('+12035550117'))).status).toBe(phonePatch === 'add' ? 200 : 404)
})

it('two contacts never hold the same phone', async () => {
  const { url } = await startSandbox()
  const account = await openAccount(url)
  const call = caller(url, account)
  await call('POST', '/v4/contacts', nora(account))
  await call('POST', '/v4/contacts', { name: 'Max', email: 'max@example.com', locations: [account.location] })
  const refused = await call('PATCH', path('max@example.com'), { phoneNumber: '+12035550117' })
  expect(refused).toMatchObject({ status: 400, body: { code: 'invalid_request_values' } })
})

it("a contact is found by phone, e-mail or conversation, never by its uid, and never from another's account", async () => {
  const { url, podium } = await startSandbox()
  const account = await openAccount(url)
  const call = caller(url, account)
  await call('POST', '/v4/contacts', { ...nora(account), email: 'nora@example.com' })
  const [contact] = podium.contacts.all()
  await call('PATCH', path('+12035550117'), { conversationUid: '00000000-0000-4000-8000-000000000001' })
  for (const identifier of ['+12035550117', 'Nora@example.com', '00000000-0000-4000-8000-000000000001']) {
    expect((await call('GET', path(identifier))).status, identifier).toBe(200)
  }
  expect((await call('GET', path(contact?.uid ?? ''))).status).toBe(404)
  const other = caller(url, await openAccount(url))
  expect((await other('GET', path('+12035550117'))).status).toBe(404)
})

it.each([
  ['no name', { name: undefined }],
  ['no locations', { locations: undefined }],
  ['empty locations', { locations: [] }],
  ["another account's location", { locations: ['00000000-0000-4000-8000-000000000000'] }],
  ['a phone that is not E.164', { phoneNumber: '2035550117' }],
  ['an e-mail that is none', { email: 'none' }],
  ['a property too many', { phoneNumbers: ['+12035550117'] }],
  ['neither phone nor e-mail', { phoneNumber: undefined }],
])('a body with %s is refused', async (_, change) => {
  const { url } = await startSandbox()
  const account = await openAccount(url)
  const answer = await caller(url, account)('POST', '/v4/contacts', { ...nora(account), ...change })
  expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request_values' } })
  expect(await allContacts(url)).toEqual([])
})

it('the list goes on by cursor, which makes the other parameters ignored', async () => {
  const { url } = await startSandbox()
  const account = await openAccount(url)
  const call = caller(url, account)
  for (let index = 10; index < 35; index++) {
    await call('POST', '/v4/contacts', { ...nora(account), name: `N${index}`, phoneNumber: `+1203555${index}00` })
  }
  const names: (string | null)[] = []
  let next: string | undefined = '/v4/contacts?limit=10'
  const sizes: number[] = []
  while (next !== undefined) {
    const page: z.infer<typeof pageSchema> = pageSchema.parse((await call('GET', next)).body)
    sizes.push(page.data.length)
    names.push(...page.data.map(({ name }) => name))
    next =
      page.metadata.nextCursor &&
      `/v4/contacts?limit=100&updated_at=2100-01-01T00:00:00Z&cursor=${page.metadata.nextCursor}`
  }
  expect(sizes).toEqual([10, 10, 5])
  expect(new Set(names).size).toBe(25)
  expect(pageSchema.parse((await call('GET', '/v4/contacts')).body).data).toHaveLength(10)
})

it.each(['limit=0', 'limit=101', 'updated_at=yesterday'])('the list refuses %s', async (query) => {
  const { url } = await startSandbox()
  const answer = await caller(url, await openAccount(url))('GET', `/v4/contacts?${query}`)
  expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request_values' } })
})

it('a cursor that is made up or too old is refused as such', async () => {
  const { url, podium } = await startSandbox()
  const account = await openAccount(url)
  const call = caller(url, account)
  expect((await call('GET', '/v4/contacts?cursor=nonsense')).body).toMatchObject({ code: 'invalid_cursor' })
  for (const last of ['1', '2'])
    await call('POST', '/v4/contacts', { ...nora(account), phoneNumber: `+1203555011${last}` })
  const { metadata } = pageSchema.parse((await call('GET', '/v4/contacts?limit=1')).body)
  podium.settings.change({ cursorSeconds: 5 })
  const next = () => call('GET', `/v4/contacts?cursor=${metadata.nextCursor}`)
  expect(await next()).toMatchObject({ status: 200 })
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 5000 })
  expect(await next()).toMatchObject({ status: 400, body: { code: 'invalid_cursor' } })
})

it('updated_at leaves out what was updated in that very second', async () => {
  const { url, podium } = await startSandbox()
  const account = await openAccount(url)
  const call = caller(url, account)
  await call('POST', '/v4/contacts', nora(account))
  const stamp = podium.contacts.all()[0]?.updatedAt ?? ''
  const before = new Date(Date.parse(stamp) - 1000).toISOString()
  const count = async (since: string) =>
    pageSchema.parse((await call('GET', `/v4/contacts?updated_at=${encodeURIComponent(since)}`)).body).data.length
  expect(await count(before)).toBe(1)
  expect(await count(stamp)).toBe(0)
})

it('attributes and tags are defined once and put on contacts', async () => {
  const { url } = await startSandbox()
  const account = await openAccount(url)
  const call = caller(url, account)
  const dataSchema = z.object({ data: z.object({ uid: z.string() }) })
  const attributeBody = { label: 'Edge number', dataType: 'STRING', ownerResourceType: 'ORGANIZATION' }
  const attribute = dataSchema.parse((await call('POST', '/v4/contact_attributes', attributeBody)).body).data.uid
  const tag = dataSchema.parse((await call('POST', '/v4/contact_tags', { label: 'VIP', description: '' })).body).data
    .uid
  await call('POST', '/v4/contacts', { ...nora(account), attributes: [{ uid: attribute, value: '001-00017' }] })
  const onContact = `${path('+12035550117')}/attributes/${attribute}`
  expect((await call('PATCH', onContact, { value: '001-00018' })).status).toBe(202)
  expect((await call('POST', `${path('+12035550117')}/tags/${tag}`)).status).toBe(202)
  expect((await allContacts(url))[0]).toMatchObject({
    attributes: [{ uid: attribute, value: '001-00018' }],
    tags: [{ uid: tag }],
  })
  expect((await call('GET', path('+12035550117'))).status).toBe(200)
  expect((await call('DELETE', onContact)).status).toBe(202)
  expect((await call('DELETE', onContact)).status).toBe(404)
  expect((await call('DELETE', `${path('+12035550117')}/tags/${tag}`)).status).toBe(202)
  expect((await allContacts(url))[0]).toMatchObject({ attributes: [], tags: [] })
  for (const list of ['/v4/contact_attributes', '/v4/contact_tags']) {
    expect((await call('GET', list)).body).toMatchObject({ data: [{}] })
  }
  expect((await call('PATCH', `/v4/contact_tags/${tag}`, { label: 'Good friend' })).status).toBe(200)
  expect((await call('PATCH', `/v4/contact_tags/${tag}`, { color: 'red' })).status).toBe(400)
  expect((await call('GET', `/v4/contact_attributes/${attribute}`)).status).toBe(200)
  expect((await call('DELETE', `/v4/contact_attributes/${attribute}`)).status).toBe(200)
})

it('campaign opt-ins hold for a phone at a location, until it opts out', async () => {
  const { url } = await startSandbox()
  const account = await openAccount(url)
  const call = caller(url, account)
  await call('POST', '/v4/contacts', nora(account))
  const channel = { type: 'PHONE', identifier: '+12035550117' }
  const optedIn = await call('POST', '/v4/contacts/campaigns/opt_in', { channel, locationUid: account.location })
  expect(optedIn.body).toMatchObject({ data: { channels: [{ marketingOptedInLocationUids: [account.location] }] } })
  const optedOut = await call('POST', '/v4/contacts/campaigns/opt_out', { channel })
  expect(optedOut.body).toMatchObject({ data: { channels: [{ marketingOptedInLocationUids: [] }] } })
})

it('a deleted contact is gone, and an upsert makes another', async () => {
  const { url } = await startSandbox()
  const account = await openAccount(url)
  const call = caller(url, account)
  await call('POST', '/v4/contacts', nora(account))
  const [before] = await allContacts(url)
  expect((await call('DELETE', path('+12035550117'))).status).toBe(202)
  expect((await call('DELETE', path('+12035550117'))).status).toBe(404)
  await call('POST', '/v4/contacts', nora(account))
  const [after] = await allContacts(url)
  expect(after?.uid).not.toBe(before?.uid)
})

it('locations, the organization and users can be read', async () => {
  const { url } = await startSandbox()
  const account = await openAccount(url)
  const call = caller(url, account)
  const listSchema = z.object({
    data: z.array(z.object({ uid: z.string() })),
    metadata: z.object({ nextCursor: z.string() }),
  })
  const locations = listSchema.parse((await call('GET', '/v4/locations?limit=1')).body)
  expect(locations.data).toMatchObject([{ uid: account.location }])
  const rest = await call('GET', `/v4/locations?cursor=${locations.metadata.nextCursor}`)
  expect(rest.body).toMatchObject({ data: [{ uid: account.otherLocation }] })
  expect((await call('GET', `/v4/locations/${account.location}`)).status).toBe(200)
  expect((await call('GET', `/v4/organizations/${account.organizationUid}`)).status).toBe(200)
  const users = listSchema.parse((await call('GET', '/v4/users?limit=1')).body)
  expect((await call('GET', `/v4/users/${users.data[0]?.uid}`)).status).toBe(200)
  const foreign = await openAccount(url)
  expect((await call('GET', `/v4/locations/${foreign.location}`)).status).toBe(404)
})
