import type { Frozen, WrittenSheet } from '@jumpring/connector-kit'
import type { Call, Caller } from '@jumpring/connector-kit/http/caller'
import { parseAnswer, succeeded } from '@jumpring/connector-kit/http/exchange'
import { JumpringError } from '@jumpring/contracts'
import { codeOf, failureOf } from '../answers.ts'
import type { ActivityPatch, ActivityPut, CollectionItemWrite, PreferencesWrite } from '../api.ts'
import { findClient } from '../find-client.ts'
import { wishCollection } from '../limits.ts'
import { ensureProduct } from '../objects.ts'
import { readAll, readPage } from '../pages.ts'
import { instantOf } from '../showings.ts'
import { clientPreferencesSchema, collectionItemSchema, madeSchema, problemSchema, writtenSchema } from '../wire.ts'
import { type FrozenSheet, frozenSheetSchema } from './freeze.ts'

type Of<Kind extends FrozenSheet['sheet']> = Extract<FrozenSheet, { sheet: Kind }>

/** Writes a sheet. Every call in it can be made twice. */
export async function writeSheet(caller: Caller, frozen: Frozen): Promise<WrittenSheet> {
  const sheet = frozenSheetSchema.parse(frozen.body)
  switch (sheet.sheet) {
    case 'customFields':
      return writePreferences(caller, sheet)
    case 'wish':
      return sheet.present ? putWish(caller, sheet) : removeWish(caller, sheet)
    case 'note':
      return writeNote(caller, sheet)
  }
}

async function writePreferences(caller: Caller, { client, values }: Of<'customFields'>): Promise<WrittenSheet> {
  const uid = await clientOf(caller, client)
  const path = `/v1/clients/${encodeURIComponent(uid)}/preferences`
  const body: PreferencesWrite = { values }
  const call = values.length > 0 ? ({ method: 'PATCH', path, body } as const) : ({ method: 'GET', path } as const)
  const { updated_at } = await caller.read(call, clientPreferencesSchema)
  return { uid, updatedAt: instantOf(updated_at) }
}

async function writeNote(caller: Caller, { uid, externalId, client, text, at }: Of<'note'>): Promise<WrittenSheet> {
  const change: ActivityPatch = { body: text }
  if (uid !== null)
    return send(caller, { method: 'PATCH', path: `/v1/activities/${encodeURIComponent(uid)}`, body: change })
  const body: ActivityPut = { client_id: await clientOf(caller, client), body: text, occurred_at: at }
  return send(caller, { method: 'PUT', path: `/v1/activities/by-external-id/${encodeURIComponent(externalId)}`, body })
}

/** An entry that is known is changed where it is; another is put into the client's collection of wishes. */
async function putWish(caller: Caller, wish: Of<'wish'>): Promise<WrittenSheet> {
  const body: CollectionItemWrite = { product_id: await ensureProductOf(caller, wish), note: wish.note }
  if (wish.uid !== null) return send(caller, { method: 'PATCH', path: itemPath(wish.uid), body })
  const collection = await ensureCollection(caller, await clientOf(caller, wish.client))
  const items = `/v1/collections/${encodeURIComponent(collection)}/items`
  const path = `${items}/by-external-id/${encodeURIComponent(wish.externalId)}`
  return send(caller, { method: 'PUT', path, body })
}

async function removeWish(caller: Caller, wish: Of<'wish'>): Promise<WrittenSheet> {
  const uid = wish.uid ?? (await findWish(caller, wish))
  return send(caller, { method: 'DELETE', path: itemPath(uid) })
}

async function send(caller: Caller, call: Call): Promise<WrittenSheet> {
  const { id, updated_at } = await caller.read(call, writtenSchema)
  return { uid: id, updatedAt: instantOf(updated_at) }
}

const itemPath = (uid: string) => `/v1/collection-items/${encodeURIComponent(uid)}`

async function findWish(caller: Caller, { externalId, client }: Of<'wish'>): Promise<string> {
  const query = { collection_name: wishCollection, client_id: await clientOf(caller, client) }
  for await (const item of readAll(
    caller,
    '/v1/collection-items',
    { ...query, include_removed: 'true' },
    collectionItemSchema,
  ))
    if (item.external_id === externalId) return item.id
  throw new JumpringError('contact_not_found')
}

/** The product that the entry shows. An item's is left as it is where it is there: staff may have reworded it, and objects bring it up to date. */
async function ensureProductOf(caller: Caller, { product }: Of<'wish'>): Promise<string> {
  if (!product.ofItem) return ensureProduct(caller, product.write)
  const query = { external_id: product.write.external_id }
  const { items } = await readPage(caller, '/v1/products', query, undefined, madeSchema)
  return items[0]?.id ?? ensureProduct(caller, product.write)
}

/** The client's collection of wishes. Our assumption: names are unique, and who asks for one that is taken is told whose it is. */
async function ensureCollection(caller: Caller, client: string): Promise<string> {
  const path = `/v1/clients/${encodeURIComponent(client)}/collections`
  const answer = await caller.answer({ method: 'POST', path, body: { name: wishCollection } })
  const existing = codeOf(answer) === 'name_taken' ? problemSchema.parse(answer.body).existing_id : undefined
  if (existing !== undefined) return existing
  if (!succeeded(answer)) throw failureOf(answer)
  return parseAnswer('Clientbook', answer, madeSchema).id
}

/** The client's id, by its number where that is all that is known. */
async function clientOf(caller: Caller, { uid, posId }: FrozenSheet['client']): Promise<string> {
  const id = uid ?? (await findClient(caller, posId))
  if (id === null) throw new JumpringError('contact_not_found')
  return id
}
