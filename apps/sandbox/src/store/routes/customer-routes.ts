import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import { type Customer, emptyFields, flatFieldsSchema, pairValue } from '../customer.ts'
import type { Store } from '../store.ts'

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
const keySchema = z.object({ key: z.string() })
const markSchema = z.strictObject({ marked: z.boolean() })
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

/** What the shop's people do with a customer's record. */
export function addCustomerRoutes(app: FastifyInstance, store: Store): void {
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
  app.post('/store/customers/:key/web-upload', async (request, reply) => {
    const { marked } = markSchema.parse(request.body)
    const customer = store.markForWeb(keySchema.parse(request.params).key, marked)
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
}

function answer(customer: Customer) {
  return { Key: customer.fields.CustomerKey, PairValue: pairValue(customer) }
}

function missing(reply: FastifyReply): FastifyReply {
  return reply.code(404).send({ error: 'There is no such customer.' })
}
