import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { collectionNameSchema, externalId, itemWriteSchema } from './bodies.ts'
import { presentClient } from './client-routes.ts'
import type { Clientbook } from './clientbook.ts'
import {
  changeItem,
  collectionsOf,
  deleteCollection,
  livingCollection,
  makeCollection,
  putItem,
  removeItem,
} from './collections.ts'
import { type Item, integration } from './model.ts'
import { flag, pageOf, pageShape, queryOf, sinceShape } from './pages.ts'
import { Problem } from './problems.ts'
import { collectionView, itemView } from './views.ts'

const clientIdSchema = z.object({ client_id: z.string() })
const collectionIdSchema = z.object({ collection_id: z.string() })
const putSchema = z.object({ collection_id: z.string(), external_id: externalId })
const itemIdSchema = z.object({ item_id: z.string() })
const ofClientSchema = z.strictObject(pageShape)
const itemsSchema = z.strictObject({
  ...pageShape,
  ...sinceShape,
  collection_name: z.string().optional(),
  client_id: z.string().optional(),
  include_removed: flag,
})
const read = { config: { scope: 'collections:read' } }
const write = { config: { scope: 'collections:write' } }

/** Collections of clients, and what stands in them. */
export function addCollectionRoutes(app: FastifyInstance, book: Clientbook): void {
  app.get('/v1/clients/:client_id/collections', read, async (request) => {
    const query = queryOf(request, ofClientSchema)
    const client = presentClient(book, request.accountId, clientIdSchema.parse(request.params).client_id)
    return pageOf(
      book,
      () => collectionsOf(book, client),
      query,
      (one) => collectionView(one, book),
    )
  })
  app.post('/v1/clients/:client_id/collections', write, async (request, reply) => {
    const client = presentClient(book, request.accountId, clientIdSchema.parse(request.params).client_id)
    const { name } = collectionNameSchema.parse(request.body)
    return reply.code(201).send(collectionView(makeCollection(book, client, name, integration), book))
  })
  app.delete('/v1/collections/:collection_id', write, async (request, reply) => {
    const collection = book.collections.get(collectionIdSchema.parse(request.params).collection_id)
    if (collection?.account_id !== request.accountId) throw new Problem('not_found')
    deleteCollection(book, collection, integration)
    return reply.code(204).send()
  })
  app.put('/v1/collections/:collection_id/items/by-external-id/:external_id', write, async (request, reply) => {
    const { collection_id, external_id } = putSchema.parse(request.params)
    const collection = livingCollection(book, request.accountId, collection_id)
    const body = itemWriteSchema.parse(request.body)
    const { item, made } = putItem(book, collection, external_id, body, integration)
    return reply.code(made ? 201 : 200).send(itemView(item, book))
  })

  app.get('/v1/collection-items', read, async (request) => {
    const query = queryOf(request, itemsSchema)
    return pageOf(
      book,
      (after) => listed(request.accountId, after, query),
      query,
      (item) => itemView(item, book),
    )
  })
  app.get('/v1/collection-items/:item_id', read, async (request) =>
    itemView(find(request.accountId, request.params), book),
  )
  app.patch('/v1/collection-items/:item_id', write, async (request) => {
    const item = find(request.accountId, request.params)
    return itemView(changeItem(book, item, itemWriteSchema.parse(request.body), integration), book)
  })
  app.delete('/v1/collection-items/:item_id', write, async (request) =>
    itemView(removeItem(book, find(request.accountId, request.params), integration), book),
  )

  function find(accountId: string, params: unknown): Item {
    const item = book.items.get(itemIdSchema.parse(params).item_id)
    if (item?.account_id !== accountId) throw new Problem('not_found')
    return item
  }

  function* listed(accountId: string, after: number, query: z.infer<typeof itemsSchema>): Generator<Item> {
    const { collection_name, client_id, include_removed } = query
    for (const item of book.items.each(client_id ?? accountId, after)) {
      if (item.account_id !== accountId || (!include_removed && item.removed_at !== null)) continue
      const { name } = book.collections.get(item.collection_id) ?? {}
      if (collection_name === undefined || name === collection_name) yield item
    }
  }
}
