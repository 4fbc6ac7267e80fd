import { pauseConnection, resumeConnection } from '@jumpring/db'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Engine, startEngine } from './testing/engine.ts'

let engine: Engine
let connection: string

beforeEach(async () => {
  engine = await startEngine()
  connection = await engine.connect({ mode: 'B' })
})
afterEach(() => engine.close())

const phone = '+12035550101'
const optOut = (key: string, ...phones: string[]) => ({ do: 'optOut', key, phones })

describe('guarantee 6: a phone that opted out on the platform', () => {
  test.each([
    ['with customers switched on', true],
    ['with customers switched off', false],
  ])('is marked in The Edge when somebody there gets it later, %s', async (_, customers) => {
    const some = await engine.connect({ mode: 'B', streams: { customers } })
    await engine.shows(some, { uid: 'c-1', phones: [phone], optedOutPhones: [phone] })
    expect(await engine.wishes()).toEqual([])
    await engine.edge('001-00001', { phones: ['2035550101', '2035550102'] })
    await engine.follow(some)
    expect(await engine.wishes()).toEqual([optOut('001-00001', phone)])
    // Somebody who is there already gets it.
    await engine.edge('001-00002', { emails: ['b@example.com'] })
    await engine.edge('001-00002', { emails: ['b@example.com'], phones: ['(203) 555-0101'] })
    await engine.follow(some)
    expect((await engine.wishes())[1]).toEqual(optOut('001-00002', phone))
  })

  test('is marked with those who have it when the platform says so, also where The Edge had said it of another', async () => {
    await engine.edge('001-00001', { phones: ['2035550101'], doNotContact: ['2035550101'] })
    await engine.edge('001-00002', { phones: ['2035550101'] })
    await engine.follow(connection)
    // What The Edge says of one of its customers it has not said of another.
    expect(await engine.wishes()).toEqual([])
    await engine.shows(connection, { uid: 'c-1', phones: [phone], optedOutPhones: [phone] })
    expect(await engine.wishes()).toEqual([optOut('001-00002', phone)])
  })

  test('is asked for once: not again while The Edge has not shown it, nor by another connection', async () => {
    const other = await engine.connect()
    await engine.edge('001-00001', { phones: ['2035550101'] })
    await engine.shows(connection, { uid: 'c-1', phones: [phone], optedOutPhones: [phone] })
    await engine.shows(other, { uid: 'd-1', phones: [phone], optedOutPhones: [phone] })
    await engine.shows(connection, { uid: 'c-1', phones: [phone, '+12035550102'], optedOutPhones: [phone] })
    await engine.edge('001-00001', { phones: ['2035550101'], emails: ['a@example.com'] })
    await engine.follow(connection)
    // Taken away and entered again before the mark has arrived.
    await engine.edge('001-00001', { emails: ['a@example.com'] })
    await engine.follow(connection)
    await engine.edge('001-00001', { phones: ['2035550101'], emails: ['a@example.com'] })
    await engine.follow(connection)
    expect(await engine.wishes()).toEqual([optOut('001-00001', phone)])
  })

  test('is not marked again when the store takes the mark away, and does not go up then either', async () => {
    await engine.shows(connection, { uid: 'c-1', phones: [phone], optedOutPhones: [phone] })
    await engine.edge('001-00001', { phones: ['2035550101'], emails: ['a@example.com'] })
    await engine.follow(connection)
    await engine.edge('001-00001', { phones: ['2035550101'], doNotContact: ['2035550101'], emails: ['a@example.com'] })
    await engine.follow(connection)
    await engine.edge('001-00001', { phones: ['2035550101'], emails: ['a@example.com'] })
    const written = await engine.up(connection)
    expect(await engine.wishes()).toHaveLength(1)
    expect(written.get('001-00001')).toEqual({ name: 'Person 001-00001', email: 'a@example.com' })
  })

  test('said while a person has paused the connection counts at once on every other, and is marked once it goes on', async () => {
    const other = await engine.connect()
    await engine.edge('001-00001', { phones: ['2035550101'], emails: ['a@example.com'] })
    await engine.follow(connection)
    const at = { tenantId: engine.tenantId, connectionId: connection }
    await pauseConnection(engine.db, at, 'Stocktaking.')
    await engine.holds(connection, { uid: 'c-1', phones: [phone], optedOutPhones: [phone] })
    await engine.passes(connection)
    const written = await engine.up(other)
    expect(written.get('001-00001')).toEqual({ name: 'Person 001-00001', email: 'a@example.com' })
    expect(await engine.wishes()).toEqual([])

    await resumeConnection(engine.db, at)
    await engine.receives(connection)
    expect(await engine.wishes()).toEqual([optOut('001-00001', phone)])
  })

  test.each(['auth', 'configuration'])('said while the connection is paused for %s is marked at once', async (code) => {
    await engine.edge('001-00001', { phones: ['2035550101'] })
    await engine.owner.query(`UPDATE connection SET status = 'paused', paused_code = $1`, [code])
    await engine.holds(connection, { uid: 'c-1', phones: [phone], optedOutPhones: [phone] })
    await engine.passes(connection)
    expect(await engine.wishes()).toEqual([optOut('001-00001', phone)])
  })

  test('is never missed where the customer and the opt-out arrive at the same moment', async () => {
    for (let n = 10; n < 30; n += 1) {
      const key = `001-000${n}`
      await engine.edge(key, { phones: [`20355501${n}`] })
      const shown = { uid: `c-${n}`, phones: [`+120355501${n}`], optedOutPhones: [`+120355501${n}`] }
      await Promise.all([engine.tells(connection, shown), engine.follow(connection)])
      expect((await engine.wishes()).at(-1), key).toEqual(optOut(key, `+120355501${n}`))
    }
  })

  test('is asked for exactly once of everyone who has it, whatever comes when', async () => {
    const step = fc.constantFrom('optOut', 'enter', 'enterOther', 'change', 'follow', 'again')
    let run = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
        run += 1
        const number = `20355${String(10_000 + run)}`
        const [one, two] = [`001-${10_000 + run}`, `002-${10_000 + run}`]
        const shown = { uid: `c-${run}`, phones: [`+1${number}`], optedOutPhones: [`+1${number}`] }
        const acts = {
          optOut: () => engine.tells(connection, shown),
          again: () => engine.tells(connection, { ...shown, name: 'Another' }),
          enter: () => engine.edge(one, { phones: [number] }),
          enterOther: () => engine.edge(two, { phones: [number], emails: ['b@example.com'] }),
          change: () => engine.edge(one, { phones: [number], more: { lastName: 'Changed' } }),
          follow: () => engine.follow(connection),
        }
        for (const each of steps) await acts[each]()
        await engine.follow(connection)
        const asked = (await engine.wishes()).filter(
          (wish) => wish.do === 'optOut' && wish.phones.includes(`+1${number}`),
        )
        const isDenied = steps.includes('optOut') || steps.includes('again')
        const holders = [
          ...(steps.includes('enter') || steps.includes('change') ? [one] : []),
          ...(steps.includes('enterOther') ? [two] : []),
        ]
        expect(asked.map((wish) => 'key' in wish && wish.key).sort()).toEqual(isDenied ? holders : [])
      }),
      { numRuns: 25 },
    )
  })
})
