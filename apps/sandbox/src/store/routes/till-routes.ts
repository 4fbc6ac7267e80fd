import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { Item, Job, Saleline, Stone } from '../schema/tables.ts'
import type { Store } from '../store.ts'
import { fieldsOf, keyParam } from './fields.ts'

const key = z.string()
const associate = z.number().int().optional()
const line = z.strictObject({
  item: key.optional(),
  description: z.string().optional(),
  amount: z.number().optional(),
  type: z.string().optional(),
})
const lines = z.array(line)
const saleSchema = z.strictObject({ customer: key.optional(), associate, lines: lines.min(1) })
const returnSchema = z.strictObject({ lines: z.array(z.number().int()).min(1), exchange: lines.optional() })
const lineParam = z.object({ key, line: z.coerce.number().int() })
const layawaySchema = z.strictObject({
  customer: key,
  items: z.array(key).min(1),
  paid: z.number().default(0),
  associate,
})
const paySchema = z.strictObject({ amount: z.number().optional() }).default({})
const jobSchema = z.strictObject({
  customer: key,
  type: z.enum(['Repair', 'Custom', 'Special Order', 'Appraisal']),
  summary: z.string().optional(),
  description: z.string().optional(),
  price: z.number().optional(),
  promised: z.string().optional(),
  paid: z.number().optional(),
  associate,
})
const itemFields = fieldsOf(Item)
const itemSchema = z.strictObject({ fields: itemFields.default({}), stones: z.array(fieldsOf(Stone)).default([]) })
const renumberSchema = z.strictObject({ category: z.number().int() })
const mergeSchema = z.strictObject({ from: key, into: key })
const coupleSchema = z.strictObject({ primary: key, spouse: key })

/** What a test does at the till, one exact thing a request. Answers with the record, and each change is exported. */
export function addTillRoutes(app: FastifyInstance, store: Store): void {
  const { stock, sales, envelopes, workshop, people } = store.till
  const sale = (made: { SaleKey: unknown }) => ({ ...made, lines: sales.linesOf(String(made.SaleKey)) })
  const post = (path: string, work: (input: { body: unknown; params: unknown }) => unknown) =>
    app.post(`/control/store${path}`, async ({ body, params }) => {
      const answer = work({ body: body ?? undefined, params })
      store.exporter.changed()
      return answer
    })
  const patch = (path: string, work: (input: { body: unknown; params: unknown }) => unknown) =>
    app.patch(`/control/store${path}`, async ({ body, params }) => {
      const answer = work({ body, params })
      store.exporter.changed()
      return answer
    })
  const keyOf = (params: unknown) => keyParam.parse(params).key

  post('/items', ({ body }) => {
    const { fields, stones } = itemSchema.parse(body ?? {})
    return stock.enter({ ItemDesc: 'Yellow gold band', ItemRetailPrice: 500, ItemCurrentPrice: 500, ...fields }, stones)
  })
  patch('/items/:key', ({ body, params }) => stock.change(keyOf(params), itemFields.parse(body)))
  post('/items/:key/renumber', ({ body, params }) => stock.renumber(keyOf(params), renumberSchema.parse(body).category))

  post('/sales', ({ body }) => sale(sales.sell(saleSchema.parse(body))))
  post('/sales/:key/return', ({ body, params }) => {
    const { lines, exchange } = returnSchema.parse(body)
    return sale(sales.giveBack(keyOf(params), lines, exchange))
  })
  patch('/sales/:key/lines/:line', ({ body, params }) => {
    const { key, line } = lineParam.parse(params)
    return sales.changeLine(key, line, fieldsOf(Saleline).parse(body))
  })

  post('/layaways', ({ body }) => envelopes.layaway(layawaySchema.parse(body)))
  post('/envelopes/:key/pay', ({ body, params }) => envelopes.pay(keyOf(params), paySchema.parse(body).amount))
  post('/envelopes/:key/cancel', ({ params }) => envelopes.cancel(keyOf(params)))

  post('/jobs', ({ body }) => workshop.takeIn(jobSchema.parse(body)))
  post('/jobs/:key/done', ({ params }) => workshop.done(keyOf(params)))
  post('/jobs/:key/pick-up', ({ params }) => workshop.pickUp(keyOf(params)))
  patch('/jobs/:key', ({ body, params }) => workshop.change(keyOf(params), fieldsOf(Job).parse(body)))

  post('/merge', ({ body }) => {
    const { from, into } = mergeSchema.parse(body)
    return { key: people.merge(from, into).fields.CustomerKey }
  })
  post('/couple', ({ body }) => {
    const { primary, spouse } = coupleSchema.parse(body)
    people.marry(primary, spouse)
    return { primary, spouse }
  })
}
