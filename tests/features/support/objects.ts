import { z } from 'zod'
import type { Stack } from '../../support/stack.ts'
import type { Shop, ShopOptions } from './shop.ts'

/** Both ways for what is no contact; each test of what goes up holds for both. */
export const sinks = [
  { name: 'dataFeed', settings: { sink: 'dataFeed' } },
  { name: 'partnerApi', settings: { sink: 'partnerApi' } },
] as const satisfies ShopOptions[]

const shownSchema = z.object({
  type: z.enum(['product', 'purchase', 'appointment', 'serviceJob']),
  externalId: z.string(),
  sink: z.enum(['dataFeed', 'partnerApi']),
  title: z.string().nullable(),
  description: z.string().nullable(),
  fields: z.looseObject({
    itemNumber: z.string().nullish(),
    number: z.string().optional(),
    sale: z.string().optional(),
    line: z.number().optional(),
    amount: z.object({ minor: z.number(), currency: z.string() }).optional(),
  }),
  archived: z.boolean(),
  history: z.array(z.object({ eventId: z.string(), event: z.string(), status: z.string().nullable() })),
  contact: z.object({ uid: z.string(), name: z.string().nullable() }).nullable(),
})
/** A product, a purchase or an entry of a timeline, as Podium's staff sees it. */
export type Shown = z.infer<typeof shownSchema>

/** What stands in Podium beside contacts. */
export interface Showcase {
  all(): Promise<Shown[]>
  /** As staff searches: all products with this item number. */
  products(itemNumber: string): Promise<Shown[]>
  /** Waits for the one product with this item number that fits. */
  product(itemNumber: string, fits?: (product: Shown) => boolean): Promise<Shown>
  /** The purchases of a contact, `sale/line amount` in the order of the lines. */
  purchases(contactName: string): Promise<string[]>
  /** Waits until a contact has just these purchases. */
  purchasesAre(contactName: string, wanted: readonly string[]): Promise<void>
  /** Waits for a job's one entry on a contact's timeline that fits. */
  job(number: string, fits?: (job: Shown) => boolean): Promise<Shown>
}

export function showcaseOf(stack: Stack, shop: Shop): Showcase {
  const showcase: Showcase = {
    all: async () => z.array(shownSchema).parse(await shop.get('/state/podium/objects')),
    products: async (itemNumber) =>
      (await showcase.all()).filter(({ type, fields }) => type === 'product' && fields.itemNumber === itemNumber),
    product: (itemNumber, fits = () => true) =>
      stack.waitFor(async () => onlyOne((await showcase.products(itemNumber)).filter(fits)), {
        what: `a product ${itemNumber} that fits`,
      }),
    purchases: async (contactName) =>
      (await showcase.all())
        .filter(({ type, contact }) => type === 'purchase' && contact?.name === contactName)
        .map(({ fields: { sale, line, amount } }) => `${sale}/${line} ${(amount?.minor ?? Number.NaN) / 100}`)
        .toSorted(),
    purchasesAre: async (contactName, wanted) => {
      const sorted = JSON.stringify(wanted.toSorted())
      await stack.waitFor(async () => JSON.stringify(await showcase.purchases(contactName)) === sorted, {
        what: `just these purchases of ${contactName}: ${wanted}`,
      })
    },
    job: (number, fits = () => true) =>
      stack.waitFor(
        async () =>
          onlyOne(
            (await showcase.all()).filter(
              (one) => one.type === 'serviceJob' && one.fields.number === number && one.contact !== null && fits(one),
            ),
          ),
        { what: `an entry of job ${number} that fits` },
      ),
  }
  return showcase
}

function onlyOne(found: Shown[]): Shown | undefined {
  if (found.length > 1) throw new Error(`doubled in Podium: ${found.map(({ externalId }) => externalId)}`)
  return found[0]
}

const idsSchema = z.object({
  ItemKey: z.string().optional(),
  SaleKey: z.string().optional(),
  JobKey: z.string().optional(),
  EnvKey: z.string().optional(),
  EnvSaleKey: z.string().nullish(),
  JobSaleKey: z.string().nullish(),
  JobItemKey: z.string().nullish(),
})

/** The till, beyond customers; gives numbers. */
export interface Counter {
  item(fields?: Record<string, unknown>): Promise<string>
  changeItem(item: string, fields: Record<string, unknown>): Promise<void>
  /** Gives the new number. */
  renumber(item: string, category: number): Promise<string>
  sale(customer: string | undefined, lines: readonly Record<string, unknown>[]): Promise<string>
  /** Gives the sale that has the negative lines. */
  takeBack(sale: string, lines: readonly number[], exchange?: readonly Record<string, unknown>[]): Promise<string>
  /** Gives the envelope and the sale that opened it. */
  layaway(customer: string, items: readonly string[]): Promise<{ envelope: string; sale: string }>
  /** Pays off a layaway; gives the sale that it became. */
  payOff(envelope: string): Promise<string>
  job(job: { customer: string; type: string; [more: string]: unknown }): Promise<string>
  done(job: string): Promise<{ item: string }>
  /** Gives the sale that paid for it. */
  pickUp(job: string): Promise<{ sale: string }>
  merge(from: string, into: string): Promise<void>
}

export function counterOf(shop: Shop): Counter {
  const post = async (path: string, body?: unknown) => idsSchema.parse(await shop.post(`/control/store${path}`, body))
  const known = (value: string | null | undefined): string => {
    if (!value) throw new Error('the till answered without a number')
    return value
  }
  return {
    item: async (fields = {}) => known((await post('/items', { fields })).ItemKey),
    changeItem: async (item, fields) => {
      await shop.patch(`/control/store/items/${item}`, fields)
    },
    renumber: async (item, category) => known((await post(`/items/${item}/renumber`, { category })).ItemKey),
    sale: async (customer, lines) => known((await post('/sales', { ...(customer && { customer }), lines })).SaleKey),
    takeBack: async (sale, lines, exchange) =>
      known((await post(`/sales/${sale}/return`, { lines, ...(exchange && { exchange }) })).SaleKey),
    layaway: async (customer, items) => {
      const made = await post('/layaways', { customer, items, paid: 100 })
      return { envelope: known(made.EnvKey), sale: known(made.EnvSaleKey) }
    },
    payOff: async (envelope) => known((await post(`/envelopes/${envelope}/pay`)).EnvSaleKey),
    job: async (job) => known((await post('/jobs', job)).JobKey),
    done: async (job) => ({ item: (await post(`/jobs/${job}/done`)).JobItemKey ?? '' }),
    pickUp: async (job) => ({ sale: (await post(`/jobs/${job}/pick-up`)).JobSaleKey ?? '' }),
    merge: async (from, into) => {
      await post('/merge', { from, into })
    },
  }
}
