import { appointmentOf, itemOf, jobOf, saleOf, writeOf } from '@jumpring/connector-kit/made-up-objects'
import { connectionSettingsSchema } from '@jumpring/contracts'
import { describe, expect, test } from 'vitest'
import { clientbook } from './index.ts'
import { open } from './testing/line.ts'

const settings = connectionSettingsSchema.parse({ locations: { '001': 'lo-1' } })
const freeze = (...write: Parameters<typeof writeOf>) => clientbook.freezeObject(writeOf(...write), settings).body

describe('what is sent', () => {
  test.each([
    ['USD', 129_900, '1299.00'],
    ['USD', -4_505, '-45.05'],
    ['USD', 7, '0.07'],
    ['JPY', 129_900, '129900'],
    ['KWD', -1_005, '-1.005'],
  ])('an amount in %s', (currency, minor, amount) => {
    expect(freeze({ ...saleOf(1), amount: { minor, currency } }).amount).toEqual({ amount, currency })
  })

  test('[CO-09] an item that is archived, and one that is back', () => {
    expect(freeze({ ...itemOf(), archived: 'sold' }).status).toBe('archived')
    expect(freeze(itemOf(), { event: 'updated' }).status).toBe('active')
  })

  test('words of staff stay: title and description go with the first write alone, what The Edge says always', () => {
    expect(freeze(itemOf())).toMatchObject({ title: itemOf().title, description: itemOf().description })
    const later = freeze(itemOf(), { event: 'updated' })
    expect(Object.keys(later)).not.toEqual(expect.arrayContaining(['title']))
    expect(Object.keys(later)).not.toEqual(expect.arrayContaining(['description']))
    expect(later.attributes).toContainEqual({ name: 'The Edge says', value: itemOf().edgeDescription })
  })

  test('[CB-08] a job is an archived product with its details, whatever its state', () => {
    for (const status of ['not_ready', 'done', 'picked_up'] as const)
      expect(freeze(jobOf(status))).toMatchObject({ kind: 'job', status: 'archived', client_pos_id: '001-00017' })
  })

  test('[CB-07] a sale line is a purchase of the customer, at the location of its store', () => {
    expect(freeze({ ...saleOf(2), purchasedAt: null })).toMatchObject({
      client_pos_id: '001-00017',
      purchased_at: '2026-03-01T10:00:01.000Z',
      receipt_number: '001-00031',
      line_number: 2,
      is_return: true,
      location_id: 'lo-1',
    })
  })

  test('a text that is cut stays whole characters', () => {
    const { title } = freeze({ ...itemOf(), title: '💍'.repeat(150) })
    expect(title).toBe(`${'💍'.repeat(99)}…`)
  })

  test('there is no place for appointments', () => {
    expect(() => freeze(appointmentOf('scheduled'))).toThrow(expect.objectContaining({ code: 'configuration' }))
  })
})

describe('what becomes of it', () => {
  const frozen = [1, 2].map((n) => clientbook.freezeObject(writeOf(saleOf(n), { externalId: `x-${n}` }), settings))
  const result = (outcome: string, code?: string) => ({
    external_id: 'x',
    outcome,
    id: outcome === 'rejected' ? null : 'p-1',
    ...(code && { problem: { title: 'No', status: 422, code } }),
  })

  test('each by itself', async () => {
    const results = [result('unchanged'), result('rejected', 'client_not_found')]
    await using line = await open({ status: 200, body: { results } })
    const outcome = await line.session.writeObjects(frozen)
    expect(outcome.map((one) => one?.code)).toEqual([undefined, 'contact_not_found'])
  })

  test('an answer that does not say it of each leaves it open', async () => {
    await using line = await open({ status: 200, body: { results: [result('created')] } })
    await expect(line.session.writeObjects(frozen)).rejects.toMatchObject({ code: 'platform_unavailable' })
  })

  test('nothing is sent where there is nothing', async () => {
    await using line = await open()
    expect(await line.session.writeObjects([])).toEqual([])
    expect(line.server.received).toEqual([])
  })
})
