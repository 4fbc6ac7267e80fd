import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type Stack, sharedStack } from '../support/stack.ts'
import { showcaseOf, sinks } from './support/objects.ts'
import { openShops, type Shop } from './support/shop.ts'

let stack: Stack
let shops: Shop[]

beforeAll(async () => {
  stack = await sharedStack()
  shops = await openShops(
    stack,
    sinks.map((sink) => ({
      ...sink,
      tier: 'clienteling_plus',
      agent: false,
      podium: { rateLimit: 40, rateWindowSeconds: 2 },
    })),
  )
})
afterAll(async () => {
  await Promise.all(shops.map((shop) => shop.close()))
  await stack?.stop()
})

describe.each(sinks)('through $name', ({ name: sink }) => {
  test('[PD-06] [PD-08] [PD-09] [PD-11] [CO-01] Podium limits, fails and loses answers: what a store has in three years stands there once', async () => {
    const shop = shops.find(({ agent }) => agent === `agent-${sink}`) ?? expect.fail('the shop did not open')
    const showcase = showcaseOf(stack, shop)
    await shop.post('/control/store/seed', { customers: 30, kind: 'plain', history: true, until: '2026-05-01' })
    const root = sink === 'dataFeed' ? '/v4/dataFeeds/*' : '/partner/v1/*'
    for (const [action, path] of [
      ['errorAfterDone', root],
      ['429', root],
      ['500', root],
      ['errorAfterDone', root],
      ['errorAfterDone', '/v4/contacts'],
      ['500', '/v4/contacts'],
    ])
      await shop.post('/control/podium/faults', { match: { method: 'POST', path }, action, times: 2 })
    await shop.startAgent()
    await shop.post('/store/export', { full: true })

    const wanted = await wantedOf(shop)
    expect(wanted.length).toBeGreaterThan(100)
    const shown = async () => {
      const all = await showcase.all()
      return all.map(lineOf).toSorted()
    }
    await stack.waitFor(async () => (await shown()).join('\n') === wanted.join('\n'), {
      what: 'Podium to show the store',
      timeout: 50_000,
    })
    const contacts = await shop.contacts()
    expect(contacts).toHaveLength(30)
    // The faults were met.
    expect(await shop.get('/control/podium/faults')).toEqual([])
    expect(await shop.staff.quarantine()).toEqual([])
  })
})

function lineOf({
  type,
  archived,
  fields,
  contact,
}: Awaited<ReturnType<ReturnType<typeof showcaseOf>['all']>>[number]) {
  if (type === 'product') return `product ${fields.itemNumber} ${archived ? 'archived' : 'on hand'}`
  if (type === 'serviceJob') return `job ${fields.number} ${fields.status} ${contact?.name}`
  return `purchase ${fields.sale}/${fields.line} ${fields.amount?.minor} ${contact?.name}`
}

const amount = z.coerce.number()
const salesSchema = z.array(
  z.looseObject({
    SaleKey: z.string(),
    SaleCustKey: z.string().nullable(),
    lines: z.array(
      z.looseObject({ SalelineLineNo: z.number(), SalelineAmount: amount, SalelineEnvKey: z.string().nullish() }),
    ),
  }),
)
const itemsSchema = z.array(z.looseObject({ ItemKey: z.string(), ItemStatus: z.string() }))
const jobsSchema = z.array(z.looseObject({ JobKey: z.string(), JobCustKey: z.string(), JobStatus: z.string() }))

/** What should stand in Podium, read plainly off the store's own tables. */
async function wantedOf(shop: Shop): Promise<string[]> {
  const names = new Map((await shop.customers()).map(({ key, name }) => [key, name]))
  const sales = salesSchema.parse(await shop.get('/state/store/sales'))
  const items = itemsSchema.parse(await shop.get('/state/store/items'))
  const jobs = jobsSchema.parse(await shop.get('/state/store/jobs'))
  return [
    ...sales.flatMap(({ SaleKey, SaleCustKey, lines }) =>
      lines
        .filter(({ SalelineEnvKey }) => SaleCustKey && !SalelineEnvKey)
        .map(
          ({ SalelineLineNo, SalelineAmount }) =>
            `purchase ${SaleKey}/${SalelineLineNo} ${Math.round(SalelineAmount * 100)} ${names.get(SaleCustKey ?? '')}`,
        ),
    ),
    ...items.flatMap(({ ItemKey, ItemStatus }) => {
      if (ItemStatus === 'I') return [`product ${ItemKey} on hand`]
      return ItemStatus === 'S' ? [`product ${ItemKey} archived`] : []
    }),
    ...jobs.map(
      ({ JobKey, JobStatus, JobCustKey }) =>
        `job ${JobKey} ${JobStatus.toLowerCase().replace(' ', '_')} ${names.get(JobCustKey)}`,
    ),
  ].toSorted()
}
