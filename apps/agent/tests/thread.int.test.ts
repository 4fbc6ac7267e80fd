import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { HarnessCloud } from './cloud.ts'
import { AgentProcess, cli, enroll } from './process.ts'
import { StoreFolder } from './store.ts'

let cloud: HarnessCloud
let store: StoreFolder
let agent: AgentProcess

beforeEach(async () => {
  cloud = await new HarnessCloud().start()
  store = new StoreFolder()
  agent = new AgentProcess(store.data)
})
afterEach(async () => {
  await agent.kill()
  await cloud.stop()
  store.remove()
})

const nora = { key: '001-00017', first: 'Nora', last: 'Lindqvist' }

test('a changed phone goes up, a command comes down into the Outbox, and is seen in the next export', async () => {
  await enroll(cloud, store)
  store.export([{ ...nora, phones: [{ type: 'home', number: '2035550117' }] }], true)
  agent.start()
  await vi.waitFor(() => expect(cloud.records.get(nora.key)?.bulk).toBe(true), 20_000)
  store.export([{ ...nora, phones: [{ type: 'home', number: '2035550118' }] }])
  await vi.waitFor(() => expect(cloud.journal).toHaveLength(2), 20_000)
  expect(cloud.records.get(nora.key)).toMatchObject({ bulk: false, record: { phones: [{ number: '2035550118' }] } })

  const id = randomUUID()
  cloud.commands.push({
    id,
    wish: { do: 'addMethods', key: nora.key, phones: ['+12035550199'], emails: [], addresses: [], optedOutPhones: [] },
  })
  await vi.waitFor(() => expect(cloud.reportOf(id)).toEqual({ id, outcome: 'written' }), 20_000)
  const [file] = store.outbox()
  expect(file?.json).toMatchObject({
    Customers: [
      {
        Key: nora.key,
        PairValue: {
          Phones: [
            { Key: 'home', PairValue: { PhonePhone: '2035550118' } },
            { Key: 'Podium', PairValue: { PhoneType: 'Podium', PhonePhone: '2035550199', PhoneDoNotContact: 'N' } },
          ],
          Emails: [],
          Addresses: [],
          CustomerTransfer: { WebTransferWebID: id },
        },
      },
    ],
  })

  store.export([
    {
      ...nora,
      phones: [
        { type: 'home', number: '2035550118' },
        { type: 'Podium', number: '2035550199' },
      ],
    },
  ])
  await vi.waitFor(() => expect(cloud.reportOf(id)).toEqual({ id, outcome: 'seen', key: nora.key }), 20_000)
  expect(JSON.parse((await cli('status', '--data', store.data, '--json')).stdout)).toMatchObject({
    running: true,
    connected: true,
    waiting: 0,
    openCommands: 0,
  })
}, 90_000)
