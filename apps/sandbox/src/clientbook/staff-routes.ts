import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { addNote, changeNote, deleteNote } from './activities.ts'
import { itemWriteSchema, productWriteSchema } from './bodies.ts'
import type { Clientbook } from './clientbook.ts'
import { eraseClient, livingClient } from './clients.ts'
import {
  addItem,
  changeItem,
  deleteCollection,
  livingCollection,
  makeCollection,
  removeItem,
  renameCollection,
} from './collections.ts'
import { mergeClients } from './merge.ts'
import { addMessage, newMessageSchema } from './messages.ts'
import { addProblemAnswers, Problem } from './problems.ts'
import { changeProduct } from './products.ts'
import {
  actorOf,
  addClientAsStaff,
  byShape,
  changeClientAsStaff,
  newClientSchema,
  preferencesSchema,
  setPreferencesAsStaff,
  staffClientSchema,
} from './staff.ts'
import { activityView, bare, clientView, collectionView, itemView, messageView, preferencesView } from './views.ts'

const idSchema = z.object({ id: z.string() })
const bySchema = z.strictObject(byShape)
const nameSchema = z.strictObject({ name: z.string().min(1), ...byShape })
const itemSchema = itemWriteSchema.extend(byShape)
const noteSchema = z.strictObject({ body: z.string().min(1).max(5000), ...byShape })
const messageSchema = newMessageSchema.extend(byShape)
const mergeSchema = z.strictObject({ into: z.string(), ...byShape })
const wordsSchema = productWriteSchema.omit({ external_id: true }).extend(byShape)

/** What people do on Clientbook's screens; each may say which associate it was. Refusals are worded as the API's. */
export async function addStaffRoutes(app: FastifyInstance, book: Clientbook): Promise<void> {
  addProblemAnswers(app)
  const control = '/control/clientbook'
  const client = (params: unknown) => {
    const { id } = idSchema.parse(params)
    return livingClient(book, book.clients.get(id)?.account_id ?? '', id)
  }
  const found = <T extends { account_id: string }>(value: T | undefined): T => {
    if (!value) throw new Problem('not_found')
    return value
  }
  const by = (accountId: string, input: { associateId?: string | null | undefined }) =>
    actorOf(book, accountId, input.associateId)

  app.post(`${control}/clients`, async (request, reply) => {
    const added = addClientAsStaff(book, newClientSchema.parse(request.body))
    return reply.code(201).send(clientView(added, book))
  })
  app.patch(`${control}/clients/:id`, async (request) => {
    const changed = changeClientAsStaff(book, client(request.params), staffClientSchema.parse(request.body))
    return clientView(changed, book)
  })
  app.delete(`${control}/clients/:id`, async (request) => {
    const gone = client(request.params)
    eraseClient(book, gone, by(gone.account_id, bySchema.parse(request.body ?? {})))
    return {}
  })
  app.post(`${control}/clients/:id/merge`, async (request) => {
    const gone = client(request.params)
    const input = mergeSchema.parse(request.body)
    const kept = livingClient(book, gone.account_id, input.into)
    return clientView(mergeClients(book, kept, gone, by(kept.account_id, input)), book)
  })
  app.put(`${control}/clients/:id/preferences`, async (request) => {
    const set = setPreferencesAsStaff(book, client(request.params), preferencesSchema.parse(request.body))
    return preferencesView(set, book)
  })

  app.post(`${control}/clients/:id/collections`, async (request, reply) => {
    const owner = client(request.params)
    const { name, ...input } = nameSchema.parse(request.body)
    const made = makeCollection(book, owner, name, by(owner.account_id, input))
    return reply.code(201).send(collectionView(made, book))
  })
  app.patch(`${control}/collections/:id`, async (request) => {
    const before = collection(request.params)
    const { name, ...input } = nameSchema.parse(request.body)
    return collectionView(renameCollection(book, before, name, by(before.account_id, input)), book)
  })
  app.delete(`${control}/collections/:id`, async (request) => {
    const before = collection(request.params)
    deleteCollection(book, before, by(before.account_id, bySchema.parse(request.body ?? {})))
    return {}
  })
  app.post(`${control}/collections/:id/items`, async (request, reply) => {
    const into = collection(request.params)
    const { associateId, ...write } = itemSchema.parse(request.body)
    return reply.code(201).send(itemView(addItem(book, into, write, by(into.account_id, { associateId })), book))
  })
  app.patch(`${control}/items/:id`, async (request) => {
    const before = found(book.items.get(idSchema.parse(request.params).id))
    const { associateId, ...write } = itemSchema.parse(request.body)
    return itemView(changeItem(book, before, write, by(before.account_id, { associateId })), book)
  })
  app.delete(`${control}/items/:id`, async (request) => {
    const before = found(book.items.get(idSchema.parse(request.params).id))
    removeItem(book, before, by(before.account_id, bySchema.parse(request.body ?? {})))
    return {}
  })

  app.post(`${control}/clients/:id/notes`, async (request, reply) => {
    const owner = client(request.params)
    const { body, ...input } = noteSchema.parse(request.body)
    return reply.code(201).send(activityView(addNote(book, owner, { body }, by(owner.account_id, input)), book))
  })
  app.patch(`${control}/notes/:id`, async (request) => {
    const before = found(book.activities.get(idSchema.parse(request.params).id))
    const { body, ...input } = noteSchema.parse(request.body)
    return activityView(changeNote(book, before, body, by(before.account_id, input)), book)
  })
  app.delete(`${control}/notes/:id`, async (request) => {
    const before = found(book.activities.get(idSchema.parse(request.params).id))
    deleteNote(book, before, by(before.account_id, bySchema.parse(request.body ?? {})))
    return {}
  })
  app.post(`${control}/clients/:id/messages`, async (request, reply) => {
    const to = client(request.params)
    const { associateId, ...input } = messageSchema.parse(request.body)
    return reply.code(201).send(messageView(addMessage(book, to, input, by(to.account_id, { associateId })), book))
  })
  app.patch(`${control}/products/:id`, async (request) => {
    const before = found(book.products.get(idSchema.parse(request.params).id))
    const { associateId, ...write } = wordsSchema.parse(request.body)
    return bare(changeProduct(book, before, write, by(before.account_id, { associateId })))
  })

  function collection(params: unknown) {
    const { id } = idSchema.parse(params)
    return livingCollection(book, book.collections.get(id)?.account_id ?? '', id)
  }
}
