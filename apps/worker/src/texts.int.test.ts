import { inTenant } from '@jumpring/db'
import { claimText, noCounts } from '@jumpring/db/engine'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { runLane } from './lane.ts'
import { type Line, openLine } from './session.ts'
import { openWorld, phone, type World } from './testing/world.ts'
import { sendTexts } from './texts.ts'

let world: World
beforeEach(async () => {
  world = await openWorld({ streams: { notifications: true } })
})
afterEach(() => world.close())

const run = () => {
  const { deps, tenantId, connectionId } = world
  return runLane(deps, { tenantId, connectionId, lane: 'live' })
}
const sent = async () => {
  const texts = z.array(z.looseObject({ to: z.string(), body: z.string() }))
  return texts.parse(await world.podium.get('/state/podium/texts')).map(({ to, body }) => `${to} ${body}`)
}
const told = async () => {
  const { rows } = await world.owner.query(`SELECT wish FROM command ORDER BY created_at`)
  return rows.map(({ wish }) => `${wish.notification} ${wish.status}`)
}
const text = (number: string, minutesAgo = 0) => ({
  phone: number,
  body: 'Your ring is ready.',
  createdAt: new Date(Date.now() - minutesAgo * 60_000).toISOString(),
})

test('[CO-10] a text goes out once, and The Edge is told', async () => {
  await world.shows('notification', { N1: text('2035550117') })
  await run()
  await world.shows('notification', { N1: { ...text('2035550117'), body: 'Your ring is ready!' } })
  await run()
  expect(await sent()).toEqual(['+12035550117 Your ring is ready.'])
  expect(await told()).toEqual(['N1 sent'])
})

test('[CO-10] too old, not to be contacted, and no phone: none is sent; the last goes out once it is mended', async () => {
  await world.comesUp({ '001-00001': { lastName: 'No', phones: [{ ...phone('2035550100'), doNotContact: true }] } })
  await world.shows('notification', { N1: text('2035550117', 31), N2: text('2035550100'), N3: text('see notes') })
  await run()
  expect(await sent()).toEqual([])
  expect((await told()).toSorted()).toEqual(['N1 not_sent', 'N2 not_sent'])
  await world.shows('notification', { N3: text('2035550118') })
  await run()
  expect(await sent()).toEqual(['+12035550118 Your ring is ready.'])
})

test('[CO-10] a text whose sender died after claiming it is not sent again, and shown as unknown', async () => {
  const { deps, tenantId, sourceId, connectionId } = world
  await world.shows('notification', { N1: text('2035550117') })
  await inTenant(deps.db, tenantId, (sql) => claimText(sql, { id: connectionId, tenantId }, { sourceId, key: 'N1' }))
  // It took the message off the work list with the claim.
  await world.owner.query('DELETE FROM pending')
  await world.owner.query(`UPDATE text_message SET claimed_at = now() - interval '5 minutes'`)
  await run()
  expect(await sent()).toEqual([])
  expect(await told()).toEqual(['N1 unknown'])
})

test('[CO-10] an answer that does not come leaves the text unknown; it is not repeated', async () => {
  await world.podium.post('/control/podium/faults', {
    match: { method: 'POST', path: '/partner/v1/texts' },
    action: 'errorAfterDone',
    times: 1,
  })
  await world.shows('notification', { N1: text('2035550117') })
  await run()
  await run()
  expect(await told()).toEqual(['N1 unknown'])
  expect((await sent()).length).toBeLessThanOrEqual(1)
})

test('[CO-10] whoever opts out while others are sent gets none', async () => {
  await world.shows('notification', { N1: text('2035550117'), N2: text('2035550118') })
  const line = openLine(await world.cleared())
  const under: Line['under'] = (lease) => {
    const session = line.under(lease)
    const send = session.sendText.bind(session)
    return Object.assign(session, {
      sendText: async (...message: Parameters<typeof send>) => {
        const answer = await send(...message)
        await world.owner.query(
          `INSERT INTO opt_out (tenant_id, phone, origin) VALUES ($1, '+12035550118', 'podium')`,
          [world.tenantId],
        )
        return answer
      },
    })
  }
  await sendTexts(await world.cleared(), { ...line, under }, noCounts())
  expect(await sent()).toEqual(['+12035550117 Your ring is ready.'])
  expect((await told()).toSorted()).toEqual(['N1 sent', 'N2 not_sent'])
})

test('[CO-10] a worker that was frozen between claim and call sends nothing; the text is decided anew', async () => {
  await world.shows('notification', { N1: text('2035550117') })
  const now = performance.now.bind(performance)
  let slept = 0
  vi.spyOn(performance, 'now').mockImplementation(() => {
    slept += 600_000
    return now() + slept
  })
  await run()
  vi.restoreAllMocks()
  expect(await sent()).toEqual([])
  await run()
  expect(await sent()).toEqual(['+12035550117 Your ring is ready.'])
  expect(await told()).toEqual(['N1 sent'])
})
