import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import type { Customer } from '../store/customer.ts'
import { Appointment, Job, Notification, Saleline } from '../store/schema/tables.ts'
import type { Store } from '../store/store.ts'
import { type Html, html, page } from './html.ts'
import { addStoreDiary, diaryOf } from './store-diary.ts'
import { storeNav } from './store-lists.ts'

const shownCustomers = 200
const keySchema = z.object({ key: z.string() })
const searchSchema = z.object({ search: z.string().default('') })
const newSchema = z.object({ first: z.string(), last: z.string(), phone: z.string(), email: z.string() })
const nameSchema = z.object({ first: z.string(), last: z.string() })
const phoneSchema = z.object({ phone: z.string(), type: z.string(), doNotContact: z.literal('yes').optional() })
const emailSchema = z.object({ email: z.string(), type: z.string() })

/** The store's till: a few of the things that The Edge's screens can do. */
export function addStoreApp(app: FastifyInstance, store: Store): void {
  addStoreDiary(app, store)
  app.get('/store/app', async (request, reply) => {
    const { search } = searchSchema.parse(request.query)
    const found = store.customers.search(search, shownCustomers)
    return reply
      .type('text/html')
      .send(page('The store: customers', html`${storeNav()}${listPage(found, search, store.customers.count())}`))
  })
  app.get('/store/app/customers/:key', async (request, reply) => {
    const customer = store.customers.find(keySchema.parse(request.params).key)
    return customer
      ? reply
          .type('text/html')
          .send(
            page(
              nameOf(customer),
              html`${storeNav()}${customerPage(customer)}${diaryOf(store, customer)}${historyOf(store, customer)}`,
            ),
          )
      : missing(reply)
  })
  app.post('/store/app/customers', async (request, reply) => {
    const { first, last, phone, email } = newSchema.parse(request.body)
    return open(reply, store.add({ CustomerFirstName: first, CustomerLastName: last }, { phone, email }))
  })
  app.post('/store/app/customers/:key/name', async (request, reply) => {
    const { first, last } = nameSchema.parse(request.body)
    const { key } = keySchema.parse(request.params)
    return open(reply, store.edit(key, { CustomerFirstName: first, CustomerLastName: last }))
  })
  app.post('/store/app/customers/:key/phone', async (request, reply) => {
    const { phone, type, doNotContact } = phoneSchema.parse(request.body)
    const { key } = keySchema.parse(request.params)
    // A box that is not checked leaves a mark as it is.
    const values = { PhonePhone: phone, ...(doNotContact && { PhoneDoNotContact: true }) }
    return open(reply, store.setMethod(key, 'Phones', type || undefined, values))
  })
  app.post('/store/app/customers/:key/email', async (request, reply) => {
    const { email, type } = emailSchema.parse(request.body)
    const { key } = keySchema.parse(request.params)
    return open(reply, store.setMethod(key, 'Emails', type || undefined, { EmailEmail: email }))
  })
}

function listPage(found: Customer[], search: string, count: number): Html {
  return html`<form method="get"><label>Search<input name="search" value="${search}"></label><button>Search</button></form>
<table><tr><th>Number</th><th>Name</th><th>Phones</th><th>E-mails</th></tr>
${found.map(
  (customer) => html`<tr><td>${text(customer.fields.CustomerKey)}</td>
<td><a href="/store/app/customers/${text(customer.fields.CustomerKey)}">${nameOf(customer)}</a>
${customer.fields.CustomerInactive === true ? html` <span class="quiet">inactive</span>` : ''}</td>
<td>${customer.Phones.map(({ Key, PairValue }) => `${Key} ${text(PairValue.PhonePhone)}`).join(', ')}</td>
<td>${customer.Emails.map(({ PairValue }) => text(PairValue.EmailEmail)).join(', ')}</td></tr>`,
)}</table>
<p class="quiet">${count} customers, ${found.length} shown.</p>
<h2>Add a customer</h2>
<form method="post" action="/store/app/customers"><label>First name<input name="first"></label><label>Last name<input name="last"></label>
<label>Phone<input name="phone"></label><label>E-mail<input name="email"></label><button>Add</button></form>`
}

function customerPage(customer: Customer): Html {
  const { fields, Phones, Emails, Addresses, CustomerTransfer } = customer
  const path = `/store/app/customers/${text(fields.CustomerKey)}`
  return html`<table>
${Phones.map(
  ({ Key, PairValue }) => html`<tr><td>phone, ${Key}</td><td>${text(PairValue.PhonePhone)}
${PairValue.PhoneDoNotContact === true ? html` <span class="out">do not contact</span>` : ''}</td></tr>`,
)}
${Emails.map(({ Key, PairValue }) => html`<tr><td>e-mail, ${Key}</td><td>${text(PairValue.EmailEmail)}</td></tr>`)}
${Addresses.map(
  ({ Key, PairValue }) => html`<tr><td>address, ${Key}</td><td>
${['AddressStreet', 'AddressStreet2', 'AddressCity', 'AddressState', 'AddressZip'].map((name) => `${text(PairValue[name])} `)}</td></tr>`,
)}</table>
<h2>Name</h2><form method="post" action="${path}/name"><label>First name<input name="first" value="${text(fields.CustomerFirstName)}"></label>
<label>Last name<input name="last" value="${text(fields.CustomerLastName)}"></label><button>Change</button></form>
<h2>Phone</h2><form method="post" action="${path}/phone"><label>Type (empty: the preferred)<input name="type"></label>
<label>Number<input name="phone" required></label>
<label><input type="checkbox" name="doNotContact" value="yes">Do not contact</label><button>Change or add</button></form>
<h2>E-mail</h2><form method="post" action="${path}/email"><label>Type (empty: the preferred)<input name="type"></label>
<label>Address<input name="email" required></label><button>Change or add</button></form>
<p class="quiet">Number ${text(fields.CustomerKey)}, web id ${text(CustomerTransfer.WebTransferWebID) || 'none'}, preferred phone ${text(fields.CustomerPrefPhone)},
preferred e-mail ${text(fields.CustomerPrefEMail)}, changed ${text(fields.CustomerUpdateDate)}</p>`
}

/** What is linked to a customer, the latest first. */
function historyOf({ database }: Store, customer: Customer): Html {
  const key = customer.fields.CustomerKey ?? ''
  const latest = 'rowid DESC LIMIT 20'
  const lines = database.find(Saleline, `SalelineCustKey = ? ORDER BY ${latest}`, key)
  const jobs = database.find(Job, `JobCustKey = ? ORDER BY ${latest}`, key)
  const dates = database.find(Appointment, `AppointmentCustKey = ? ORDER BY ${latest}`, key)
  const texts = database.find(Notification, `NotificationCustKey = ? ORDER BY ${latest}`, key)
  const rows = [
    ...lines.map((row) => ['Sale', row.SalelineSaleKey, row.SalelineDesc, row.SalelineAmount]),
    ...jobs.map((row) => [row.JobType, row.JobKey, row.JobSummary, row.JobStatus]),
    ...dates.map((row) => ['Appointment', row.AppointmentKey, row.AppointmentSubject, row.AppointmentStatus]),
    ...texts.map((row) => ['Text', row.NotificationKey, row.NotificationMessage, row.NotificationStatus]),
  ]
  if (rows.length === 0) return html``
  return html`<h2>History</h2><table>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${text(cell)}</td>`)}</tr>`)}</table>`
}

function nameOf({ fields }: Customer): string {
  const person = `${text(fields.CustomerFirstName)} ${text(fields.CustomerLastName)}`.trim()
  return person || text(fields.CustomerCompany) || 'No name'
}

function text(value: Customer['fields'][string] | undefined): string {
  return String(value ?? '')
}

function open(reply: FastifyReply, customer: Customer | undefined): FastifyReply {
  return customer ? reply.redirect(`/store/app/customers/${text(customer.fields.CustomerKey)}`, 303) : missing(reply)
}

function missing(reply: FastifyReply): FastifyReply {
  return reply
    .code(404)
    .type('text/html')
    .send(page('Not found', html`<p class="problem">There is no such customer.</p>`))
}
