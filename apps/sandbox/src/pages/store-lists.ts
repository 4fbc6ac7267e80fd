import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { RowOf, Table, Value } from '../store/schema/table.ts'
import { Appointment, Item, Job, Notification, Sale, Saleline } from '../store/schema/tables.ts'
import type { Store } from '../store/store.ts'
import { type Html, html, page } from './html.ts'

const shown = 100
const querySchema = z.object({ search: z.string().default(''), status: z.string().default('') })
const keySchema = z.object({ key: z.string() })

type List<Column extends string> = {
  path: string
  name: string
  table: Table<Column>
  /** The column by which a list can be narrowed. */
  status?: Column
  /** What a search looks into. */
  search: Column[]
  heads: string[]
  cells: (row: Record<Column, Value>, store: Store) => (Html | string)[]
}

const items: List<keyof RowOf<typeof Item>> = {
  path: 'items',
  name: 'items',
  table: Item,
  status: 'ItemStatus',
  search: ['ItemKey', 'ItemDesc', 'CategoryName', 'ItemVendorId'],
  heads: ['Number', 'Status', 'Description', 'Category', 'Supplier', 'Price', 'Sold'],
  cells: (row) => [
    text(row.ItemKey),
    itemStatus(row),
    html`${text(row.ItemDesc)}${row.ItemOldKey ? html` <span class="quiet">was ${text(row.ItemOldKey)}</span>` : ''}`,
    text(row.CategoryName),
    text(row.ItemVendorId),
    money(row.ItemCurrentPrice),
    row.ItemSaleKey
      ? html`<a class="key" href="/store/app/sales/${text(row.ItemSaleKey)}">${text(row.ItemSaleKey)}</a>`
      : '',
  ],
}

const sales: List<keyof RowOf<typeof Sale>> = {
  path: 'sales',
  name: 'sales',
  table: Sale,
  search: ['SaleKey', 'SaleCustKey'],
  heads: ['Number', 'Date', 'Customer', 'What', 'Total'],
  cells: (row, store) => [
    html`<a class="key" href="/store/app/sales/${text(row.SaleKey)}">${text(row.SaleKey)}</a>`,
    time(row.SaleDate),
    customerLink(row.SaleCustKey),
    html`${store.till.sales
      .linesOf(text(row.SaleKey))
      .map((line) => html`<div>${text(line.SalelineDesc)}${lineMark(line)}</div>`)}`,
    money(row.SaleTotal),
  ],
}

const jobs: List<keyof RowOf<typeof Job>> = {
  path: 'jobs',
  name: 'jobs',
  table: Job,
  status: 'JobStatus',
  search: ['JobKey', 'JobCustKey', 'JobSummary', 'JobType'],
  heads: ['Number', 'Status', 'Type', 'Customer', 'Summary', 'Entered', 'Promised', 'Price'],
  cells: (row) => [
    text(row.JobKey),
    html`<b>${text(row.JobStatus)}</b>`,
    text(row.JobType),
    customerLink(row.JobCustKey),
    text(row.JobSummary),
    time(row.JobDateEntered),
    time(row.JobDatePromised),
    money(row.JobPrice),
  ],
}

const appointments: List<keyof RowOf<typeof Appointment>> = {
  path: 'appointments',
  name: 'appointments',
  table: Appointment,
  status: 'AppointmentStatus',
  search: ['AppointmentKey', 'AppointmentCustKey', 'AppointmentSubject'],
  heads: ['Number', 'Status', 'When', 'Minutes', 'Customer', 'Subject', 'Notes'],
  cells: (row) => [
    text(row.AppointmentKey),
    html`<b>${text(row.AppointmentStatus)}</b>`,
    time(row.AppointmentStart),
    text(row.AppointmentMinutes),
    customerLink(row.AppointmentCustKey),
    text(row.AppointmentSubject),
    text(row.AppointmentNotes),
  ],
}

const notifications: List<keyof RowOf<typeof Notification>> = {
  path: 'notifications',
  name: 'text notifications',
  table: Notification,
  status: 'NotificationStatus',
  search: ['NotificationKey', 'NotificationCustKey', 'NotificationMessage', 'NotificationPhone'],
  heads: ['Number', 'Status', 'Entered', 'Customer', 'Phone', 'Message'],
  cells: (row) => [
    text(row.NotificationKey),
    html`<b>${text(row.NotificationStatus)}</b><div class="quiet">${time(row.NotificationStatusDate)} ${text(row.NotificationStatusDetail)}</div>`,
    time(row.NotificationDateEntered),
    customerLink(row.NotificationCustKey),
    text(row.NotificationPhone),
    text(row.NotificationMessage),
  ],
}

/** The store's lists, the latest first, each with a search and its statuses. */
export function addStoreLists(app: FastifyInstance, store: Store): void {
  addList(app, store, items)
  addList(app, store, sales)
  addList(app, store, jobs)
  addList(app, store, appointments)
  addList(app, store, notifications)
  app.get('/store/app/sales/:key', async (request, reply) => {
    const { key } = keySchema.parse(request.params)
    return reply.type('text/html').send(page(`The store: sale ${key}`, html`${storeNav()}${salePage(store, key)}`))
  })
}

/** Where one can go in the store. */
export function storeNav(): Html {
  const lists = [items, sales, jobs, appointments, notifications]
  return html`<nav class="within"><a href="/store/app">Customers</a>${lists.map(
    ({ path, name }) => html`<a href="/store/app/${path}">${name.replace(/^./, (first) => first.toUpperCase())}</a>`,
  )}<a href="/store/app/day">A day</a></nav>`
}

function addList<Column extends string>(app: FastifyInstance, store: Store, list: List<Column>): void {
  app.get(`/store/app/${list.path}`, async (request, reply) => {
    const { search, status } = querySchema.parse(request.query)
    return reply
      .type('text/html')
      .send(page(`The store: ${list.name}`, html`${storeNav()}${listPage(store, list, search, status)}`))
  })
}

function listPage<Column extends string>(store: Store, list: List<Column>, search: string, status: string): Html {
  const { database } = store
  const { table, search: columns, status: column } = list
  const words = `(${columns.map((name) => `coalesce(${name}, '')`).join(" || ' ' || ")}) LIKE ?`
  const narrowed = column && status !== '' ? ` AND ${column} = ?` : ''
  const values = narrowed ? [`%${search}%`, status] : [`%${search}%`]
  const rows = database.find(table, `${words}${narrowed} ORDER BY rowid DESC LIMIT ${shown}`, ...values)
  const count = database.count(table, `${words}${narrowed}`, ...values)
  const statuses = column ? database.values(table, column, `1 GROUP BY ${column} ORDER BY ${column}`) : []
  return html`<form method="get"><label>Search<input name="search" value="${search}"></label>
${column ? html`<label>Status<select name="status"><option value="">any</option>${statuses.map((one) => (one === status ? html`<option selected>${one}</option>` : html`<option>${one}</option>`))}</select></label>` : ''}
<button>Search</button></form>
<table><tr>${list.heads.map((head) => html`<th>${head}</th>`)}</tr>
${rows.map((row) => html`<tr>${list.cells(row, store).map((cell) => html`<td>${cell}</td>`)}</tr>`)}</table>
<p class="quiet">${count} ${list.name}, ${rows.length} shown, the latest first.</p>`
}

function salePage(store: Store, key: string): Html {
  const sale = store.database.get(Sale, key)
  const lines = store.database.find(Saleline, 'SalelineSaleKey = ? ORDER BY SalelineLineNo', key)
  if (!sale) return html`<p class="problem">There is no such sale.</p>`
  return html`<p>${time(sale.SaleDate)}, ${customerLink(sale.SaleCustKey)}, associate ${text(sale.SaleAsKey)}</p>
<table><tr><th>Line</th><th>What</th><th>Item</th><th>Amount</th></tr>
${lines.map(
  (line) => html`<tr><td>${text(line.SalelineLineNo)}</td><td>${text(line.SalelineDesc)}${lineMark(line)}</td>
<td>${text(line.SalelineItemKey) || text(line.SalelineInstanceOf)}</td><td>${money(line.SalelineAmount)}</td></tr>`,
)}</table><p>Tax ${money(sale.SaleTax)}, total <b>${money(sale.SaleTotal)}</b></p>`
}

function lineMark(line: RowOf<typeof Saleline>): Html | string {
  if (line.SalelineEnvKey) return html` <span class="quiet">set aside in ${text(line.SalelineEnvKey)}</span>`
  return Number(line.SalelineAmount) < 0 ? html` <span class="out">returned</span>` : ''
}

function itemStatus(row: RowOf<typeof Item>): Html {
  const words: Record<string, string> = {
    I: 'in stock',
    S: 'sold',
    L: 'on layaway',
    O: 'special order',
    R: 'returned to the vendor',
    X: row.ItemNewItKey ? `now ${row.ItemNewItKey}` : 'missing',
  }
  const status = text(row.ItemStatus)
  return html`<b>${status}</b> <span class="quiet">${words[status] ?? 'unknown'}</span>`
}

function customerLink(key: Value | undefined): Html | string {
  return key ? html`<a class="key" href="/store/app/customers/${text(key)}">${text(key)}</a>` : ''
}

function money(value: Value | undefined): string {
  if (typeof value !== 'number') return text(value)
  return value.toLocaleString('en-US', { style: 'currency', currency: 'USD' })
}

function time(value: Value | undefined): string {
  return text(value).slice(0, 16).replace('T', ' ')
}

function text(value: Value | undefined): string {
  return String(value ?? '')
}
