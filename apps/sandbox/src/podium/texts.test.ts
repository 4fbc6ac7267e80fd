import { expect, it } from 'vitest'
import { z } from 'zod'
import { allContacts, caller, eventually, openAccount, send, startReceiver, startSandbox } from '../testing/kit.ts'

const nora = '+12035550117'
const quick = { textDelayMs: { min: 0, max: 5 } }

async function start(settings = {}) {
  const sandbox = await startSandbox({ podium: { ...quick, ...settings } })
  const account = await openAccount(sandbox.url)
  const call = caller(sandbox.url, account)
  const receiver = await startReceiver()
  const head = { authorization: `Bearer ${account.token}`, 'podium-version': '2021.04.01' }
  const partnerText = (reference: string, to = nora) =>
    send(
      `${sandbox.url}/podium/partner/v1/texts`,
      'POST',
      { to, body: 'Your ring is ready.', locationUid: account.location, reference },
      { ...head, 'idempotency-key': reference },
    )
  const publicText = (more: object = {}) =>
    call('POST', '/v4/messages', {
      channel: { type: 'phone', identifier: nora },
      body: 'Your ring is ready.',
      locationUid: account.location,
      ...more,
    })
  const state = async (what: string) => (await send(`${sandbox.url}/state/podium/${what}`)).body
  return { ...sandbox, account, call, receiver, partnerText, publicText, state }
}

it('the partner way sends once for a reference, leaves no conversation, and tells of each step', async () => {
  const { call, receiver, partnerText, state, url } = await start()
  const hook = { url: receiver.url, secret: 's', eventTypes: ['text.status'] }
  await call('PUT', '/partner/v1/webhooks', hook)
  await call('PUT', '/partner/v1/webhooks', hook)
  expect((await call('GET', '/v4/webhooks')).body).toMatchObject({ data: [] })
  const [first, second] = [await partnerText('n-1'), await partnerText('n-1')]
  expect(first.status).toBe(202)
  expect(z.object({ data: z.unknown() }).parse(second.body).data).toEqual(
    z.object({ data: z.unknown() }).parse(first.body).data,
  )
  await eventually(() =>
    receiver.received.map(({ data }) => z.object({ status: z.string() }).parse(data).status),
  ).toEqual(['sent', 'delivered'])
  expect(await state('texts')).toMatchObject([{ to: nora, via: 'partner', status: 'delivered' }])
  expect(await state('conversations')).toEqual([])
  expect(await allContacts(url)).toEqual([])
})

it('the public way makes a closed conversation, and a name renames the contact', async () => {
  const { call, account, receiver, publicText, state, url } = await start()
  await call('POST', '/v4/contacts', { name: 'Nora', locations: [account.location], phoneNumber: nora })
  const eventTypes = ['message.sent', 'message.failed']
  await call('POST', '/v4/webhooks', { url: receiver.url, eventTypes, organizationUid: account.organizationUid })
  const answer = await publicText()
  await publicText({ contactName: 'Dora', setOpenInbox: true })
  expect(await state('conversations')).toMatchObject([{ identifier: nora, closed: false, messages: [{}, {}] }])
  expect(await allContacts(url)).toMatchObject([{ name: 'Dora', conversations: [{}] }])
  await eventually(() => receiver.received.map(({ type }) => type)).toEqual(['message.sent', 'message.sent'])
  const { uid } = z.object({ data: z.object({ uid: z.string() }) }).parse(answer.body).data
  expect(receiver.received.map(({ data }) => z.object({ uid: z.string() }).parse(data).uid)).toContain(uid)
})

it('a phone that is not reached, and one whose owner opted out, fail as they are told to', async () => {
  const { url, call, account, receiver, partnerText, publicText } = await start({ textsFailTo: ['+12035550118'] })
  const contact = { organizationUid: account.organizationUid, name: 'Nora', phoneNumbers: [nora] }
  const { uid } = z
    .object({ uid: z.string() })
    .parse((await send(`${url}/control/podium/contacts`, 'POST', contact)).body)
  await send(`${url}/control/podium/contacts/${uid}`, 'PATCH', { optedOut: [nora] })
  expect(await partnerText('n-1')).toMatchObject({ status: 400, body: { code: 'recipient_opted_out' } })
  expect((await publicText()).status).toBe(400)

  const eventTypes = ['message.sent', 'message.failed']
  await call('POST', '/v4/webhooks', { url: receiver.url, eventTypes, organizationUid: account.organizationUid })
  await call('PUT', '/partner/v1/webhooks', { url: receiver.url, secret: 's', eventTypes: ['text.status'] })
  await send(`${url}/control/podium/settings`, 'POST', { textToOptedOut: 'fail' })
  expect((await publicText()).status).toBe(200)
  await eventually(() => receiver.received).toMatchObject([
    { type: 'message.failed', data: { failureReason: expect.stringMatching(/opted out/) } },
  ])
  await partnerText('n-2', '+12035550118')
  await eventually(() => receiver.received[1]?.data).toMatchObject({ status: 'failed', reference: 'n-2' })
})
