import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import { type Customer, emptyFields, flatFieldsSchema, pairValue } from './customer.ts'
import { withLists } from './customers.ts'
import { Customer as CustomerTable } from './schema/tables.ts'
import type { Store } from './store.ts'

const fieldsSchema = flatFieldsSchema.refine(
  (fields) => Object.keys(fields).every((name) => name in emptyFields),
  'a field that The Edge does not have',
)
const childSchema = z.strictObject({ Key: z.string(), PairValue: flatFieldsSchema })
const listsSchema = z.object({
  Addresses: z.array(childSchema).optional(),
  Emails: z.array(childSchema).optional(),
  Phones: z.array(childSchema).optional(),
})
const addSchema = z.strictObject({
  phone: z.string().optional(),
  email: z.string().optional(),
  fields: fieldsSchema.default({}),
})
const patchSchema = z.record(z.string(), z.unknown())
const keySchema = z.object({ key: z.string() })
const phoneSchema = z.strictObject({
  phone: z.string(),
  type: z.string().optional(),
  doNotContact: z.boolean().optional(),
})
const emailSchema = z.strictObject({
  email: z.string(),
  type: z.string().optional(),
  sendPromo: z.boolean().optional(),
})
const addressSchema = z.strictObject({
  type: z.string().optional(),
  street: z.string(),
  street2: z.string().default(''),
  city: z.string().default(''),
  state: z.string().default(''),
  zip: z.string().default(''),
  country: z.string().default(''),
})
const exportSchema = z.strictObject({ full: z.boolean().default(false) }).default({ full: false })
const seedSchema = z.strictObject({
  customers: z.number().int().min(0),
  seed: z.number().int().default(17),
  kind: z.enum(['mixed', 'plain']).default('mixed'),
})
const trimSchema = z.strictObject({ keys: z.array(z.string()) })

/** What the shop's people do at the till, and what anyone may see of the store. */
export function addStoreRoutes(app: FastifyInstance, store: Store): void {
  app.get('/state/store/customers', async (_request, reply) =>
    reply.type('application/json').send(Readable.from(allAsJson(store))),
  )
  app.get('/state/store/imports', async () => store.database.imports())
  app.get('/state/store/database', async () => ({ file: store.database.file }))
  app.get('/state/store/folder', async () => ({
    folder: store.folder,
    inbox: join(store.folder, 'Inbox'),
    outbox: join(store.folder, 'Outbox'),
  }))

  app.post('/store/customers', async (request, reply) => {
    const { fields, ...methods } = addSchema.parse(request.body)
    return reply.code(201).send(answer(store.add(fields, methods)))
  })
  app.patch('/store/customers/:key', async (request, reply) => {
    const { Addresses, Emails, Phones, ...fields } = z.looseObject(listsSchema.shape).parse(request.body)
    const given = { ...(Addresses && { Addresses }), ...(Emails && { Emails }), ...(Phones && { Phones }) }
    const customer = store.edit(keySchema.parse(request.params).key, fieldsSchema.parse(fields), given)
    return customer ? answer(customer) : missing(reply)
  })
  app.post('/store/customers/:key/phone', async (request, reply) => {
    const { phone, type, doNotContact } = phoneSchema.parse(request.body)
    const flag = doNotContact === undefined ? {} : { PhoneDoNotContact: doNotContact }
    const values = { PhonePhone: phone, ...flag }
    const customer = store.setMethod(keySchema.parse(request.params).key, 'Phones', type, values)
    return customer ? answer(customer) : missing(reply)
  })
  app.post('/store/customers/:key/email', async (request, reply) => {
    const { email, type, sendPromo } = emailSchema.parse(request.body)
    const values = { EmailEmail: email, ...(sendPromo === undefined ? {} : { EmailSendPromo: sendPromo }) }
    const customer = store.setMethod(keySchema.parse(request.params).key, 'Emails', type, values)
    return customer ? answer(customer) : missing(reply)
  })
  app.post('/store/customers/:key/address', async (request, reply) => {
    const { type, street, street2, city, state, zip, country } = addressSchema.parse(request.body)
    const customer = store.setMethod(keySchema.parse(request.params).key, 'Addresses', type, {
      AddressStreet: street,
      AddressStreet2: street2,
      AddressCity: city,
      AddressState: state,
      AddressZip: zip,
      AddressCountry: country,
    })
    return customer ? answer(customer) : missing(reply)
  })

  /** Answers when the file is written. */
  app.post('/store/export', async (request) => {
    const { full } = exportSchema.parse(request.body ?? undefined)
    const files = await store.exporter.export(full ? 'all' : 'changed')
    return { file: files[0] ?? null, files }
  })

  app.get('/control/store/settings', async () => store.settings)
  app.post('/control/store/settings', async (request) => {
    store.change(patchSchema.parse(request.body))
    return store.settings
  })
  /** Replaces all customers by made-up ones. Exports nothing; `POST /store/export {"full": true}` does. */
  app.post('/control/store/seed', async (request) => {
    const { customers, seed, kind } = seedSchema.parse(request.body)
    store.seed(customers, seed, kind)
    store.database.forgetImports()
    return { customers: store.customers.count() }
  })
  app.post('/control/store/trim', async (request) => {
    for (const key of trimSchema.parse(request.body).keys) store.customers.remove(key)
    return { customers: store.customers.count() }
  })
}

function answer(customer: Customer) {
  return { Key: customer.fields.CustomerKey, PairValue: pairValue(customer) }
}

function missing(reply: FastifyReply): FastifyReply {
  return reply.code(404).send({ error: 'There is no such customer.' })
}

function* allAsJson(store: Store): Generator<string> {
  const rows = store.database.snapshot()
  try {
    let between = '['
    for (const fields of rows.each(CustomerTable, '1 ORDER BY CustomerStoreId, Customerid')) {
      yield `${between}${JSON.stringify(answer(withLists(rows, fields)))}`
      between = ',\n'
    }
    yield between === '[' ? '[]' : ']'
  } finally {
    rows.close()
  }
}
