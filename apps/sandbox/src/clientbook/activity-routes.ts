import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { changeNote, deleteNote, putNote } from './activities.ts'
import { activityPatchSchema, activityPutSchema, externalId } from './bodies.ts'
import { presentClient } from './client-routes.ts'
import type { Clientbook } from './clientbook.ts'
import { type Activity, integration } from './model.ts'
import { flag, pageOf, pageShape, queryOf, sinceShape } from './pages.ts'
import { Problem } from './problems.ts'
import { activityView, messageView } from './views.ts'

const externalIdSchema = z.object({ external_id: externalId })
const activityIdSchema = z.object({ activity_id: z.string() })
const ofClient = { ...pageShape, ...sinceShape, client_id: z.string().optional() }
const listSchema = z.strictObject({ ...ofClient, type: z.string().optional(), include_deleted: flag })
const messagesSchema = z.strictObject(ofClient)
const read = { config: { scope: 'activities:read' } }
const write = { config: { scope: 'activities:write' } }

/** Recent activity, and the messages between staff and clients. */
export function addActivityRoutes(app: FastifyInstance, book: Clientbook): void {
  const { activities, messages } = book

  app.get('/v1/activities', read, async (request) => {
    const query = queryOf(request, listSchema)
    const isWanted = (one: Activity) =>
      (query.include_deleted || one.deleted_at === null) && (query.type === undefined || query.type === one.type)
    const listed = (after: number) =>
      wanted(activities.each(query.client_id ?? request.accountId, after), request.accountId, isWanted)
    return pageOf(book, listed, query, (activity) => activityView(activity, book))
  })
  app.put('/v1/activities/by-external-id/:external_id', write, async (request, reply) => {
    const { external_id } = externalIdSchema.parse(request.params)
    const body = activityPutSchema.parse(request.body)
    const client = presentClient(book, request.accountId, body.client_id)
    const { activity, made } = putNote(book, client, external_id, body, integration)
    return reply.code(made ? 201 : 200).send(activityView(activity, book))
  })
  app.get('/v1/activities/:activity_id', read, async (request) =>
    activityView(find(request.accountId, request.params), book),
  )
  app.patch('/v1/activities/:activity_id', write, async (request) => {
    const activity = find(request.accountId, request.params)
    const { body } = activityPatchSchema.parse(request.body)
    return activityView(changeNote(book, activity, body, integration), book)
  })
  app.delete('/v1/activities/:activity_id', write, async (request, reply) => {
    deleteNote(book, find(request.accountId, request.params), integration)
    return reply.code(204).send()
  })

  app.get('/v1/messages', { config: { scope: 'messages:read' } }, async (request) => {
    const query = queryOf(request, messagesSchema)
    const listed = (after: number) =>
      wanted(messages.each(query.client_id ?? request.accountId, after), request.accountId, () => true)
    return pageOf(book, listed, query, (message) => messageView(message, book))
  })

  function find(accountId: string, params: unknown): Activity {
    const activity = activities.get(activityIdSchema.parse(params).activity_id)
    if (activity?.account_id !== accountId) throw new Problem('not_found')
    return activity
  }
}

/** Those of this account that are wanted. */
function* wanted<T extends { account_id: string }>(
  all: Iterable<T>,
  accountId: string,
  isWanted: (value: T) => boolean,
): Generator<T> {
  for (const value of all) if (value.account_id === accountId && isWanted(value)) yield value
}
