import type { Desk } from '@jumpring/connector-kit/conformance'
import { z } from 'zod'
import { wishCollection } from '../limits.ts'

const idSchema = z.object({ id: z.string() })
const productSchema = z.object({ id: z.string(), external_id: z.string().nullable() })
const clientSchema = z.object({
  id: z.string(),
  preferences: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
})
const collectionSchema = z.object({
  id: z.string(),
  client_id: z.string(),
  name: z.string(),
  items: z.array(
    z.object({
      id: z.string(),
      external_id: z.string().nullable(),
      note: z.string().nullable(),
      product: z.object({ sku: z.string().nullable() }).nullable(),
    }),
  ),
})
const activitySchema = z.object({
  id: z.string(),
  client_id: z.string(),
  external_id: z.string().nullable(),
  type: z.string(),
  body: z.string().nullable(),
})

interface Sandbox {
  readonly accountId: string
  control(method: string, path: string, body?: object): Promise<unknown>
  state(what: string): Promise<unknown>
  set(settings: object): Promise<void>
  spoil(method: string, path: string): Promise<void>
}

/** What staff do and see on the sandbox; `by` is 7, or somebody without Point of Sale ID. */
export async function deskOf(sandbox: Sandbox): Promise<Desk & { productOf(externalId: string): Promise<string> }> {
  const { accountId, control, state, set, spoil } = sandbox
  const choice = 'Yellow gold'
  const idOf = async (made: Promise<unknown>) => idSchema.parse(await made).id
  const associate = (fields: object) => idOf(control('POST', 'associates', { accountId, ...fields }))
  const preference = (name: string, type: string, more = {}) =>
    idOf(control('POST', 'preferences', { accountId, name, type, ...more }))

  const nobody = await associate({ first_name: 'Kim' })
  const seven = await associate({ first_name: 'Ingrid', point_of_sale_id: '7' })
  const who = (by: string | undefined) => ({ associateId: by === '7' ? seven : nobody })
  const preferences = {
    text: await preference('text', 'text'),
    number: await preference('number', 'number'),
    date: await preference('date', 'date'),
    choice: await preference('choice', 'choice', { choices: [choice, 'Platinum'] }),
    yesNo: await preference('yesNo', 'boolean'),
  }
  const idsByName: Readonly<Record<string, string>> = preferences

  async function collectionsOf(uid: string) {
    const all = z.array(collectionSchema).parse(await state('collections'))
    return all.filter(({ client_id }) => client_id === uid)
  }
  async function collectionOf(uid: string, name: string): Promise<string | undefined> {
    return (await collectionsOf(uid)).find((one) => one.name === name)?.id
  }
  async function productOf(externalId: string): Promise<string> {
    const products = z.array(productSchema).parse(await state('products'))
    return idSchema.parse(products.find((one) => one.external_id === externalId)).id
  }

  return {
    preferences,
    choice,
    wishCollection,
    productOf,
    async setPreference(uid, id, value, by) {
      await control('PUT', `clients/${uid}/preferences`, { values: { [id]: value }, ...who(by) })
    },
    async preferencesOf(uid) {
      const clients = z.array(clientSchema).parse(await state('clients'))
      const values = clients.find(({ id }) => id === uid)?.preferences ?? {}
      return Object.fromEntries(Object.entries(values).map(([name, value]) => [idsByName[name], value]))
    },
    async addWish(uid, { collection, text, product }, by) {
      const into =
        (await collectionOf(uid, collection)) ??
        (await idOf(control('POST', `clients/${uid}/collections`, { name: collection, ...who(by) })))
      const product_id = product === undefined ? null : await productOf(product)
      return idOf(control('POST', `collections/${into}/items`, { product_id, note: text, ...who(by) }))
    },
    async editWish(entry, text, by) {
      await control('PATCH', `items/${entry}`, { note: text, ...who(by) })
    },
    async removeWish(entry, by) {
      await control('DELETE', `items/${entry}`, who(by))
    },
    async renameCollection(uid, from, to) {
      await control('PATCH', `collections/${await collectionOf(uid, from)}`, { name: to, ...who(undefined) })
    },
    async deleteCollection(uid, name) {
      await control('DELETE', `collections/${await collectionOf(uid, name)}`, who(undefined))
    },
    async wishesOf(uid) {
      return (await collectionsOf(uid)).flatMap(({ name, items }) =>
        items.map(({ id, external_id, note, product }) => ({
          uid: id,
          externalId: external_id,
          collection: name,
          itemNumber: product?.sku ?? null,
          text: note,
        })),
      )
    },
    addNote: (uid, text, by) => idOf(control('POST', `clients/${uid}/notes`, { body: text, ...who(by) })),
    async editNote(entry, text, by) {
      await control('PATCH', `notes/${entry}`, { body: text, ...who(by) })
    },
    async deleteNote(entry, by) {
      await control('DELETE', `notes/${entry}`, who(by))
    },
    async notesOf(uid) {
      const all = z.array(activitySchema).parse(await state('activity'))
      return all
        .filter(({ client_id, type }) => client_id === uid && type === 'note')
        .map(({ id, external_id, body }) => ({ uid: id, externalId: external_id, text: body }))
    },
    async happen(uid) {
      await set({ ownActivity: true })
      await control('POST', `clients/${uid}/messages`, { body: 'Hello.' })
      await set({ ownActivity: false })
    },
    send(uid, { channel, attachments, ...message }, by) {
      return idOf(
        control('POST', `clients/${uid}/messages`, {
          ...message,
          channel: channel === 'text' ? 'sms' : 'email',
          attachments: attachments.map((url) => ({ url, name: null, content_type: null })),
          ...who(by),
        }),
      )
    },
    spoilNextSheet: (sheet) => spoil('PUT', sheet === 'note' ? '/v1/activities*' : '/v1/collections*'),
    shuffleEvents: () => set({ webhookOutOfOrder: true }),
  }
}
