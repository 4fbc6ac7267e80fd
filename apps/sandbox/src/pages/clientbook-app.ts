import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { firstAccountId } from '../clientbook/accounts.ts'
import { addNote, changeNote, deleteNote } from '../clientbook/activities.ts'
import type { Clientbook } from '../clientbook/clientbook.ts'
import { changeClient, eraseClient } from '../clientbook/clients.ts'
import {
  addItem,
  changeItem,
  deleteCollection,
  livingCollection,
  makeCollection,
  removeItem,
  renameCollection,
} from '../clientbook/collections.ts'
import { addMessage, newMessageSchema } from '../clientbook/messages.ts'
import type { Client } from '../clientbook/model.ts'
import { setPreferences } from '../clientbook/preferences.ts'
import { Problem } from '../clientbook/problems.ts'
import { addClientAsStaff } from '../clientbook/staff.ts'
import { clientPage } from './clientbook-client.ts'
import { act, asSchema, clientPath, nav, problem, wordsOf } from './clientbook-parts.ts'
import { type Html, html, page } from './html.ts'
import { moment } from './object-details.ts'

const shownClients = 200
const searchSchema = z.object({ search: z.string().default('') })
const idSchema = z.object({ id: z.string() })
const innerSchema = z.object({ id: z.string(), inner: z.string() })
const newSchema = asSchema.extend({ first: z.string(), last: z.string(), phone: z.string(), email: z.string() })
const editSchema = asSchema.extend({ first: z.string(), last: z.string(), label: z.string(), value: z.string() })
const bodySchema = asSchema.extend({ body: z.string(), done: z.string().default('save') })
const nameSchema = asSchema.extend({ name: z.string(), done: z.string().default('save') })
const itemSchema = asSchema.extend({ note: z.string(), sku: z.string().default(''), done: z.string().default('save') })
const messageSchema = asSchema.extend({
  channel: z.string(),
  direction: z.string(),
  subject: z.string(),
  body: z.string(),
})
const valuesSchema = z.record(z.string(), z.string())

/** Clientbook as the store's staff has it on the screen. */
export function addClientbookApp(app: FastifyInstance, book: Clientbook): void {
  const clientOf = (params: unknown) => book.clients.get(idSchema.parse(params).id)

  app.get('/clientbook/app', async (request, reply) => {
    const { search } = searchSchema.parse(request.query)
    const found = book.clients.all().filter((client) => client.deleted_at === null && matches(client, search))
    return reply.type('text/html').send(page('Clientbook: clients', listPage(book, found.reverse(), search)))
  })

  app.post('/clientbook/app/clients', async (request, reply) => {
    const { first, last, phone, email } = newSchema.parse(request.body)
    try {
      const client = addClientAsStaff(book, {
        accountId: firstAccountId,
        first_name: first || null,
        last_name: last || null,
        phones: phone === '' ? [] : [{ label: 'Mobile', number: phone }],
        emails: email === '' ? [] : [{ label: 'Home', address: email }],
      })
      return reply.redirect(clientPath(client), 303)
    } catch (error) {
      if (error instanceof Problem) return problem(reply, 409, wordsOf(error))
      throw error
    }
  })

  app.get('/clientbook/app/clients/:id', async (request, reply) => {
    const client = clientOf(request.params)
    if (!client || client.deleted_at !== null) return problem(reply, 404, 'There is no such client.')
    const { as } = asSchema.parse(request.query)
    return reply.type('text/html').send(page(nameOf(client), clientPage(book, client, as)))
  })

  app.post('/clientbook/app/clients/:id', async (request, reply) => {
    const { as, first, last, label, value } = editSchema.parse(request.body)
    return act(reply, book, clientOf(request.params), as, (client, by) => {
      const name = label.trim() || (value.includes('@') ? 'Home' : 'Mobile')
      const method = value.includes('@')
        ? { emails: [{ label: name, address: value }] }
        : { phones: [{ label: name, number: value }] }
      const names = { first_name: first || null, last_name: last || null }
      changeClient(book, client, value === '' ? names : { ...names, ...method }, by)
      return undefined
    })
  })
  app.post('/clientbook/app/clients/:id/delete', async (request, reply) => {
    const { as } = asSchema.parse(request.body)
    return act(reply, book, clientOf(request.params), as, (client, by) => {
      eraseClient(book, client, by)
      return '/clientbook/app'
    })
  })

  app.post('/clientbook/app/clients/:id/preferences', async (request, reply) => {
    const { as, ...texts } = valuesSchema.parse(request.body)
    return act(reply, book, clientOf(request.params), as, (client, by) => {
      const values = Object.entries(texts).map(([preference_id, text]) => {
        const type = book.definitions.get(preference_id)?.type
        const value = type === 'number' ? Number(text) : type === 'boolean' ? text === 'yes' : text
        return { preference_id, value: text === '' ? null : value }
      })
      setPreferences(book, client, { values }, by)
      return undefined
    })
  })

  app.post('/clientbook/app/clients/:id/collections', async (request, reply) => {
    const { as, name } = nameSchema.parse(request.body)
    return act(reply, book, clientOf(request.params), as, (client, by) => {
      makeCollection(book, client, name, by)
      return undefined
    })
  })
  app.post('/clientbook/app/clients/:id/collections/:inner', async (request, reply) => {
    const { as, name, done } = nameSchema.parse(request.body)
    return act(reply, book, clientOf(request.params), as, (client, by) => {
      const collection = livingCollection(book, client.account_id, innerSchema.parse(request.params).inner)
      if (done === 'delete') deleteCollection(book, collection, by)
      else renameCollection(book, collection, name, by)
      return undefined
    })
  })
  app.post('/clientbook/app/clients/:id/collections/:inner/items', async (request, reply) => {
    const { as, note, sku } = itemSchema.parse(request.body)
    return act(reply, book, clientOf(request.params), as, (client, by) => {
      const collection = livingCollection(book, client.account_id, innerSchema.parse(request.params).inner)
      const product = book.products.of(client.account_id).find((one) => sku !== '' && one.sku === sku)
      if (sku !== '' && !product) throw new Problem('not_found', { detail: sku })
      addItem(book, collection, { product_id: product?.id ?? null, note: note || null }, by)
      return undefined
    })
  })
  app.post('/clientbook/app/clients/:id/items/:inner', async (request, reply) => {
    const { as, note, done } = itemSchema.parse(request.body)
    return act(reply, book, clientOf(request.params), as, (_client, by) => {
      const item = book.items.get(innerSchema.parse(request.params).inner)
      if (!item) throw new Problem('not_found')
      if (done === 'remove') removeItem(book, item, by)
      else changeItem(book, item, { note: note || null }, by)
      return undefined
    })
  })

  app.post('/clientbook/app/clients/:id/notes', async (request, reply) => {
    const { as, body } = bodySchema.parse(request.body)
    return act(reply, book, clientOf(request.params), as, (client, by) => {
      if (body.trim() !== '') addNote(book, client, { body }, by)
      return undefined
    })
  })
  app.post('/clientbook/app/clients/:id/notes/:inner', async (request, reply) => {
    const { as, body, done } = bodySchema.parse(request.body)
    return act(reply, book, clientOf(request.params), as, (_client, by) => {
      const note = book.activities.get(innerSchema.parse(request.params).inner)
      if (!note) throw new Problem('not_found')
      if (done === 'delete') deleteNote(book, note, by)
      else changeNote(book, note, body, by)
      return undefined
    })
  })
  app.post('/clientbook/app/clients/:id/messages', async (request, reply) => {
    const { as, subject, ...rest } = messageSchema.parse(request.body)
    return act(reply, book, clientOf(request.params), as, (client, by) => {
      addMessage(book, client, newMessageSchema.parse({ ...rest, subject: subject || null }), by)
      return undefined
    })
  })
}

function listPage(book: Clientbook, found: Client[], search: string): Html {
  return html`${nav()}<form method="get"><label>Search<input name="search" value="${search}"></label><button>Search</button></form>
<table><tr><th>Name</th><th>POS ID</th><th>Phones</th><th>E-mails</th><th>Account</th><th>Changed</th></tr>
${found.slice(0, shownClients).map(
  (
    client,
  ) => html`<tr><td><a href="${clientPath(client)}">${nameOf(client)}</a></td><td class="key">${client.pos_id}</td>
<td>${client.phones.map(({ number }) => number).join(', ')}</td><td>${client.emails.map(({ address }) => address).join(', ')}</td>
<td class="quiet">${book.accounts.get(client.account_id)?.name}</td><td class="quiet">${moment(client.updated_at)}</td></tr>`,
)}</table>
<p class="quiet">${found.length} clients${found.length > shownClients ? `, the ${shownClients} that changed last shown` : ''}.</p>
<h2>Add a client</h2>
<form method="post" action="/clientbook/app/clients"><label>First name<input name="first"></label><label>Last name<input name="last"></label>
<label>Mobile<input name="phone"></label><label>E-mail<input name="email"></label><button>Add</button></form>`
}

function nameOf({ first_name, last_name }: Client): string {
  return [first_name, last_name].filter(Boolean).join(' ') || 'No name'
}

function matches({ pos_id, first_name, last_name, phones, emails }: Client, search: string): boolean {
  const texts = [`${first_name ?? ''} ${last_name ?? ''}`, pos_id ?? '', ...phones.map(({ number }) => number)]
  const words = search.trim().toLowerCase()
  return [...texts, ...emails.map(({ address }) => address)].some((text) => text.toLowerCase().includes(words))
}
