import { afterAll, beforeAll, expect, test } from 'vitest'
import { sandboxClient } from '../support/sandbox.ts'
import { connectAgain, connectionOf, quarantined, readPodium, replay } from './admin.ts'
import { type LossyProxy, startLossyProxy } from './lossy-proxy.ts'
import { startWorld, type World } from './world.ts'

let world: World
let proxy: LossyProxy

beforeAll(async () => {
  world = await startWorld({
    customers: 80,
    podium: async (sandbox) => {
      proxy = await startLossyProxy(sandbox)
      // Five seconds more than the minute before its end from which a token is no longer used: it is renewed all the time.
      await sandboxClient(sandbox).post('/control/podium/settings', { accessTokenSeconds: 65 })
      return proxy.url
    },
  })
})
afterAll(async () => {
  await world?.stack.stop()
  await proxy?.close()
})

const podium = (settings: Record<string, unknown>) => world.sandbox.post('/control/podium/settings', settings)
const fault = (action: string, match: Record<string, string>, times: number | 'always') =>
  world.sandbox.post('/control/podium/faults', { action, match: { path: '/v4/contacts', ...match }, times })

test('[CO-11] timeouts after the work was done, 500s, 429s and one customer whom Podium always fails on: the others are not held up, and nothing is doubled', async () => {
  const { stack, sandbox, people } = world
  // 300 a minute, in smaller portions.
  await podium({ rateLimit: 25, rateWindowSeconds: 5 })
  const identifier = '+12035550117'
  await fault('500', { method: 'POST', identifier }, 'always')
  await fault('timeoutAfterDone', { method: 'POST' }, 2)
  await fault('errorAfterDone', { method: 'POST' }, 4)
  await fault('429', { method: 'POST' }, 2)
  await fault('500', { method: 'POST' }, 6)
  await sandbox.post('/store/export', { full: true })
  await people.tillAdds(3)
  const entries = () => quarantined(world, 'record_keeps_failing')
  const [entry] = await stack.waitFor(async () => (await entries()).length > 0 && entries(), {
    what: 'the one to be set aside',
    timeout: 60_000,
  })
  await fetch(`${stack.addresses.sandbox}/control/podium/faults`, { method: 'DELETE' })
  await podium({ rateLimit: 0, rateWindowSeconds: 60 })
  await replay(world, [entry?.id ?? ''])
  await world.comesToRestRight()
}, 90_000)

test('Podium is out altogether for a while: no customer is set aside for it', async () => {
  const { stack, sandbox, people } = world
  await sandbox.post('/control/podium/faults', { action: '500', match: {}, times: 'always' })
  await people.tillAdds(4)
  await people.tillChanges(3)
  const tries = async () => (await connectionOf(world)).outage?.tries ?? 0
  await stack.waitFor(async () => (await tries()) >= 3, { what: 'Podium to be tried again and again' })
  await people.staffMake(2)
  await fetch(`${stack.addresses.sandbox}/control/podium/faults`, { method: 'DELETE' })
  await world.comesToRestRight()
  expect(await quarantined(world, 'record_keeps_failing')).toEqual([])
})

test('[CO-02] webhooks lost, doubled, late and out of order: what they said is read, and comes down once', async () => {
  const { people } = world
  await podium({ webhookLoseNext: 4, webhookDouble: true, webhookOutOfOrder: true, webhookDelayMs: 300 })
  await people.staffMake(6)
  await people.staffAdd(5)
  await people.tillChanges(3)
  await readPodium(world)
  await world.comesToRestRight()
})

test('[CO-02] a webhook that Podium disabled works again after the next read', async () => {
  const { stack, sandbox, people } = world
  await podium({ webhookLoseNext: 0, webhookDouble: false, webhookOutOfOrder: false, webhookDelayMs: 0 })
  await podium({ webhookBadSignature: true, webhookTries: 1 })
  await people.staffMake(2)
  const disabled = async () => JSON.stringify(await sandbox.get('/state/podium/webhooks')).includes('"disabled":true')
  await stack.waitFor(disabled, { what: 'Podium to disable the webhook' })
  await podium({ webhookBadSignature: false, webhookTries: 15 })
  await readPodium(world)
  await people.staffMake(2)
  await world.comesToRestRight()
})

test('the answer with a rotated refresh token is lost: the connection says so, and goes on once connected again', async () => {
  const { stack, people } = world
  let isLost = false
  void proxy.loseAnswer('/podium/oauth/token').then(() => {
    isLost = true
  })
  const renews = async () => {
    await people.tillAdds(1)
    return isLost
  }
  await stack.waitFor(renews, { what: 'the token to be renewed' })
  await people.tillChanges(2)
  await people.staffMake(2)
  const paused = async () => (await connectionOf(world)).pausedCode === 'auth'
  await stack.waitFor(paused, { what: 'the connection to be paused' })
  await connectAgain(world)
  await world.comesToRestRight()
})
