import type { PlatformEvent } from '@jumpring/connector-kit'
import { instant } from '@jumpring/connector-kit/http/values'
import { associateNumberSchema } from '@jumpring/contracts'
import { normalizeItemKey, type SheetFields } from '@jumpring/sync'
import { wishCollection } from './limits.ts'
import type { Activity, Actor, ClientPreferences, CollectionItem, Message } from './wire.ts'

/** CB-11: the Edge number of the associate who did it; absent where nobody's Point of Sale ID is one. */
export function byOf({ type, point_of_sale_id }: Actor): { readonly associate?: string } {
  const { data } = associateNumberSchema.safeParse(point_of_sale_id?.trim())
  return type === 'associate' && data !== undefined ? { associate: data } : {}
}

/** What a client's preferences show. `by`: who made the change that is told of. */
export function preferencesShown(shown: ClientPreferences, eventId: string, by: Actor | undefined): PlatformEvent {
  const values = shown.values.map(({ preference_id, value }) => [preference_id, textOf(value)] as const)
  const { client_id: uid } = shown
  const fields = Object.fromEntries(values)
  const showing = {
    sheet: 'customFields',
    uid,
    contactUid: uid,
    fields,
    updatedAt: instantOf(shown.updated_at),
  } as const
  return { type: 'sheet.changed', eventId, showing, ...(by && byOf(by)) }
}

function textOf(value: string | number | boolean | null): string | null {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  // in the API's range, a number prints without an exponent
  return value === null ? null : String(value)
}

/** What an entry of a collection shows of a wish; of one in another collection no more than that. */
export function wishShown(item: CollectionItem, eventId: string): PlatformEvent {
  if (item.collection.name !== wishCollection)
    return item.removed_at === null
      ? { type: 'wish.elsewhere', eventId, uid: item.id, at: instantOf(item.updated_at) }
      : { type: 'ignored', eventId }
  if (item.removed_reason === 'collection_deleted')
    return { type: 'wishes.gone', eventId, contactUid: item.client_id, at: instantOf(item.updated_at) }
  const fields = { present: item.removed_at === null ? 'yes' : 'no', ...wishedIn(item) }
  const { id: uid, client_id: contactUid } = item
  const showing = {
    sheet: 'wish',
    uid,
    contactUid,
    ...ours(item),
    fields,
    updatedAt: instantOf(item.updated_at),
  } as const
  return { type: 'sheet.changed', eventId, showing, ...byOf(item.updated_by) }
}

/**
 * The item by its Edge number, and the description: the entry's note, as we write it. A product that The Edge does not know stands in the
 * description by its title.
 */
function wishedIn({ product, note }: CollectionItem): SheetFields {
  const item = product === null ? null : normalizeItemKey(product.sku ?? '')
  const isOwn = product === null || product.kind === 'wish'
  if (item !== null || isOwn) return { item, description: note }
  return { item, description: note === null ? product.title : `${product.title}: ${note}` }
}

/** What an entry of recent activity shows of a note; nothing of what Clientbook writes there by itself. */
export function noteShown(activity: Activity, eventId: string): PlatformEvent {
  if (activity.type !== 'note') return { type: 'ignored', eventId }
  const { id: uid, client_id: contactUid } = activity
  const by = byOf(activity.updated_by)
  const updatedAt = instantOf(activity.updated_at)
  if (activity.deleted_at !== null) return { type: 'sheet.removed', eventId, sheet: 'note', uid, at: updatedAt, ...by }
  const fields = { text: activity.body }
  const showing = { sheet: 'note', uid, contactUid, ...ours(activity), fields, updatedAt } as const
  return { type: 'sheet.changed', eventId, showing, ...by }
}

/** CB-09: what staff sent. What clients wrote is not asked for. */
export function messageShown(message: Message, eventId: string): PlatformEvent {
  if (message.direction !== 'outbound') return { type: 'ignored', eventId }
  return {
    type: 'message',
    eventId,
    uid: message.id,
    contactUid: message.client_id,
    channel: message.channel === 'sms' ? 'text' : 'email',
    at: instantOf(message.sent_at),
    subject: message.subject,
    body: message.body ?? '',
    attachments: message.attachments.map(({ url }) => url),
    ...byOf(message.sent_by),
  }
}

const ours = ({ external_id }: { readonly external_id: string | null }) =>
  external_id === null ? {} : { externalId: external_id }

/** A stamp as a UTC instant; one that is none counts as the beginning of time. */
export const instantOf = (raw: string): string => instant(raw) ?? new Date(0).toISOString()
