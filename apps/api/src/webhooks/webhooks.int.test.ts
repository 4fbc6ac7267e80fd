import { createHmac, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startCloud, type TestCloud, webhookSecret } from '../agent/testing/cloud.ts'

let cloud: TestCloud
beforeAll(async () => {
  cloud = await startCloud()
})
afterAll(() => cloud.close())

let made = 0
const freshTenant = () => {
  made += 1
  return cloud.tenant(`Jeweler ${made}`)
}

function event(eventUid: string): string {
  const contact = { uid: randomUUID(), name: 'Nora Lindqvist', phoneNumbers: ['+12035550117'], emails: [] }
  return JSON.stringify({ data: { after: contact }, metadata: { eventUid, eventType: 'contact.updated' } })
}

function deliver(path: string, body: string, secret = webhookSecret) {
  const timestamp = '1795341600'
  const signature = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')
  return cloud.api.inject({
    method: 'POST',
    url: `/webhooks/${path}`,
    headers: { 'content-type': 'application/json', 'podium-timestamp': timestamp, 'podium-signature': signature },
    payload: body,
  })
}

const inbox = async (connectionId: string) =>
  (
    await cloud.owner.query('SELECT event_id, origin, body, status FROM inbox WHERE connection_id = $1 ORDER BY n', [
      connectionId,
    ])
  ).rows

test('an event is kept once, to the byte, however often it is delivered', async () => {
  const { connectionId } = await freshTenant()
  const body = ` ${event('event-1')}`
  const answers = [await deliver(`podium/${connectionId}`, body), await deliver(`podium/${connectionId}`, body)]
  expect(answers.map((answer) => answer.statusCode)).toEqual([200, 200])
  expect(await inbox(connectionId)).toEqual([{ event_id: 'event-1', origin: 'webhook', body, status: 'new' }])
})

test('the same event id of two connections counts for both', async () => {
  const [one, two] = [await freshTenant(), await freshTenant()]
  await deliver(`podium/${one.connectionId}`, event('event-1'))
  await deliver(`podium/${two.connectionId}`, event('event-1'))
  expect([await inbox(one.connectionId), await inbox(two.connectionId)].map((rows) => rows.length)).toEqual([1, 1])
})

test('one that cannot be understood is kept, for the quarantine', async () => {
  const { connectionId } = await freshTenant()
  for (const body of ['{}', 'not json', ''])
    expect((await deliver(`podium/${connectionId}`, body)).statusCode).toBe(200)
  expect((await inbox(connectionId)).map((row) => row.body)).toEqual(['{}', 'not json', ''])
})

test('a wrong signature is refused, and nothing is kept', async () => {
  const { connectionId } = await freshTenant()
  const answer = await deliver(`podium/${connectionId}`, event('event-1'), 'a-guess')
  expect([answer.statusCode, answer.json().code]).toEqual([401, 'not_signed_in'])
  expect(await inbox(connectionId)).toEqual([])
})

test('[AD-02] what does not exist is answered in the same words, whatever is wrong', async () => {
  const { connectionId } = await freshTenant()
  const paths = [
    `podium/${randomUUID()}`,
    'podium/x',
    `shopify/${connectionId}`,
    `clientbook/${connectionId}`,
    `other/${connectionId}`,
  ]
  const answers = await Promise.all(paths.map((path) => deliver(path, event('event-1'))))
  expect(answers.map((answer) => answer.statusCode)).toEqual(Array(5).fill(404))
  expect(new Set(answers.map((answer) => answer.body)).size).toBe(1)
})
