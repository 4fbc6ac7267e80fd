import type { z } from 'zod'
import type { activityPutSchema } from './bodies.ts'
import { type Clientbook, within } from './clientbook.ts'
import { type Activity, type Actor, type Client, newId, system } from './model.ts'
import { Problem } from './problems.ts'
import { activityView } from './views.ts'

type NewNote = { body: string; occurredAt?: string | undefined; externalId?: string | null }

/** Writes a note, or changes it. The external id of one that was deleted is free again. Throws `external_id_taken`. */
export function putNote(
  book: Clientbook,
  client: Client,
  externalId: string,
  { body, occurred_at, author_point_of_sale_id: point_of_sale_id }: z.infer<typeof activityPutSchema>,
  by: Actor,
) {
  const before = book.activities.also(within(client.account_id, externalId))
  if (before && before.client_id !== client.id) throw new Problem('external_id_taken')
  if (before) {
    const occurredAt = occurred_at === undefined ? before.occurred_at : new Date(occurred_at).toISOString()
    return { activity: changeNote(book, before, body, by, occurredAt), made: false }
  }
  const associates = book.associates.of(client.account_id)
  const author = associates.find((one) => one.point_of_sale_id !== null && one.point_of_sale_id === point_of_sale_id)
  const actor =
    point_of_sale_id == null ? by : { ...by, associate_id: author?.id ?? null, point_of_sale_id: point_of_sale_id }
  const activity = addNote(book, client, { body, occurredAt: occurred_at, externalId }, actor)
  return { activity, made: true }
}

export function addNote(book: Clientbook, client: Client, note: NewNote, by: Actor): Activity {
  return add(book, client, 'note', note, by)
}

/** An entry that Clientbook makes by itself, where that is switched on. */
export function addOwnActivity(book: Clientbook, client: Client, type: string, body: string, occurredAt: string): void {
  if (book.settings.current.ownActivity) add(book, client, type, { body, occurredAt }, system)
}

/** Throws `not_a_note`, `activity_deleted`. */
export function changeNote(
  book: Clientbook,
  before: Activity,
  body: string,
  by: Actor,
  occurred_at: string = before.occurred_at,
): Activity {
  if (before.type !== 'note') throw new Problem('not_a_note')
  if (before.deleted_at !== null) throw new Problem('activity_deleted')
  if (before.body === body && before.occurred_at === occurred_at) return before
  const activity = book.activities.put({ ...before, body, occurred_at, ...book.stamp(by, before) })
  const previous = {
    ...(before.body === body ? {} : { body: before.body }),
    ...(before.occurred_at === occurred_at ? {} : { occurred_at: before.occurred_at }),
  }
  book.emit('activity.updated', activity.account_id, by, () => ({ object: activityView(activity, book), previous }))
  return activity
}

/** Throws `not_a_note`. */
export function deleteNote(book: Clientbook, before: Activity, by: Actor): void {
  if (before.type !== 'note') throw new Problem('not_a_note')
  if (before.deleted_at !== null) return
  const stamp = book.stamp(by, before)
  const activity = book.activities.put({ ...before, ...stamp, body: null, deleted_at: stamp.updated_at })
  book.emit('activity.deleted', activity.account_id, by, () => ({ object: activityView(activity, book) }))
}

function add(book: Clientbook, client: Client, type: string, note: NewNote, by: Actor): Activity {
  const { id: client_id, account_id } = client
  const { body, occurredAt, externalId: external_id = null } = note
  const stamp = book.firstStamp(by)
  const activity = book.activities.put({
    id: newId('ac'),
    account_id,
    client_id,
    external_id,
    type,
    body,
    occurred_at: occurredAt === undefined ? stamp.created_at : new Date(occurredAt).toISOString(),
    created_by: by,
    deleted_at: null,
    ...stamp,
  })
  book.emit('activity.created', account_id, by, () => ({ object: activityView(activity, book) }))
  return activity
}
