import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { clientWriteSchema, mergeSchema, preferencesWriteSchema } from './bodies.ts'
import { type Clientbook, within } from './clientbook.ts'
import { changeClient, eraseClient, livingClient, putByPosId, whoRemains } from './clients.ts'
import { mergeClients } from './merge.ts'
import { type Client, integration } from './model.ts'
import { flag, pageOf, pageShape, queryOf, sinceShape } from './pages.ts'
import { preferencesOf, setPreferences } from './preferences.ts'
import { invalid, Problem } from './problems.ts'
import { clientView, preferencesView } from './views.ts'

const posIdSchema = z.object({ pos_id: z.string().min(1).max(50) })
const clientIdSchema = z.object({ client_id: z.string() })
const listSchema = z.strictObject({
  ...pageShape,
  ...sinceShape,
  pos_id: z.string().optional(),
  include_deleted: flag,
})
const preferencesListSchema = z.strictObject({ ...pageShape, ...sinceShape })
const read = { config: { scope: 'clients:read' } }
const write = { config: { scope: 'clients:write' } }

/** Clients and their preferences. */
export function addClientRoutes(app: FastifyInstance, book: Clientbook): void {
  const { clients, preferences } = book
  const idOf = (params: unknown) => clientIdSchema.parse(params).client_id

  app.get('/v1/clients', read, async (request) => {
    const query = queryOf(request, listSchema)
    return pageOf(
      book,
      (after) => listed(request.accountId, after, query),
      query,
      (client) => clientView(client, book),
    )
  })
  app.put('/v1/clients/by-pos-id/:pos_id', write, async (request, reply) => {
    const { pos_id } = posIdSchema.parse(request.params)
    const body = clientWriteSchema.parse(request.body)
    const { client, made } = putByPosId(book, request.accountId, pos_id, body, integration)
    return reply.code(made ? 201 : 200).send(clientView(client, book))
  })
  app.get('/v1/clients/:client_id', read, async (request) => {
    const found = clients.get(idOf(request.params))
    if (found?.account_id !== request.accountId) throw new Problem('not_found')
    const client = whoRemains(book, found)
    if (client.deleted_at !== null) throw new Problem('client_deleted')
    return clientView(client, book)
  })
  app.patch('/v1/clients/:client_id', write, async (request) => {
    const client = livingClient(book, request.accountId, idOf(request.params))
    return clientView(changeClient(book, client, clientWriteSchema.parse(request.body), integration), book)
  })
  app.delete('/v1/clients/:client_id', write, async (request, reply) => {
    const client = clients.get(idOf(request.params))
    if (client?.account_id !== request.accountId) throw new Problem('not_found')
    if (client.deleted_at === null) eraseClient(book, client, integration)
    return reply.code(204).send()
  })
  app.post('/v1/clients/:client_id/merge', write, async (request) => {
    const kept = livingClient(book, request.accountId, idOf(request.params))
    const { merged_id } = mergeSchema.parse(request.body)
    if (merged_id === kept.id) throw invalid('/merged_id', 'value_not_allowed', merged_id)
    const gone = livingClient(book, request.accountId, merged_id)
    return clientView(mergeClients(book, kept, gone, integration), book)
  })

  app.get('/v1/client-preferences', { config: { scope: 'preferences:read' } }, async (request) => {
    const query = queryOf(request, preferencesListSchema)
    return pageOf(
      book,
      (after) => preferences.each(request.accountId, after),
      query,
      (one) => preferencesView(one, book),
    )
  })
  app.get('/v1/clients/:client_id/preferences', { config: { scope: 'preferences:read' } }, async (request) => {
    const client = presentClient(book, request.accountId, idOf(request.params))
    return preferencesView(preferencesOf(book, client), book)
  })
  app.patch('/v1/clients/:client_id/preferences', { config: { scope: 'preferences:write' } }, async (request) => {
    const client = presentClient(book, request.accountId, idOf(request.params))
    const body = preferencesWriteSchema.parse(request.body)
    return preferencesView(setPreferences(book, client, body, integration), book)
  })

  function* listed(accountId: string, after: number, query: z.infer<typeof listSchema>): Generator<Client> {
    if (query.pos_id !== undefined) {
      const client = clients.also(within(accountId, query.pos_id))
      if (client) yield client
      return
    }
    for (const client of clients.each(accountId, after)) {
      if (query.include_deleted || client.deleted_at === null) yield client
    }
  }
}

/** One who is there; the deleted and the merged are not found. */
export function presentClient(book: Clientbook, accountId: string, id: string): Client {
  const client = book.clients.get(id)
  if (client?.account_id !== accountId || client.deleted_at !== null) throw new Problem('not_found')
  return client
}
