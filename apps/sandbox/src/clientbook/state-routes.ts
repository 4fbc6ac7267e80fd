import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Clientbook } from './clientbook.ts'
import { collectionsOf } from './collections.ts'
import type { Client } from './model.ts'
import { activityView, bare, clientView, endpointView, itemView, messageView } from './views.ts'

const ofAccountSchema = z.object({ accountId: z.string().optional() })

/** What all can see of Clientbook, unpaged: of all accounts, or of one (`?accountId=`). What was deleted is not shown. */
export function addStateRoutes(app: FastifyInstance, book: Clientbook): void {
  const { clients, products, purchases, activities, messages, associates, definitions, texts, endpoints, courier } =
    book
  const state = <T extends { account_id: string }, V extends object>(
    name: string,
    all: () => T[],
    view: (value: T) => V,
  ) =>
    app.get(`/state/clientbook/${name}`, async (request) => {
      const { accountId } = ofAccountSchema.parse(request.query)
      return all()
        .filter(({ account_id }) => accountId === undefined || accountId === account_id)
        .map((value) => ({ account_id: value.account_id, ...view(value) }))
    })
  const living = () => clients.all().filter(({ deleted_at }) => deleted_at === null)

  state('clients', living, (client) => ({ ...clientView(client, book), preferences: preferencesByName(client) }))
  state('products', () => products.all(), bare)
  state(
    'purchases',
    () => purchases.all(),
    (purchase) => ({
      ...bare(purchase),
      client_pos_id: clients.get(purchase.client_id)?.pos_id ?? null,
    }),
  )
  state(
    'collections',
    () => living().flatMap((client) => collectionsOf(book, client)),
    (collection) => ({
      ...bare(collection),
      client_pos_id: clients.get(collection.client_id)?.pos_id ?? null,
      items: book.items
        .of(collection.client_id)
        .filter((item) => item.collection_id === collection.id && item.removed_at === null)
        .map((item) => itemView(item, book)),
    }),
  )
  const present = () => activities.all().filter(({ deleted_at }) => deleted_at === null)
  state('activity', present, (activity) => activityView(activity, book))
  state(
    'messages',
    () => messages.all(),
    (message) => messageView(message, book),
  )
  state('associates', () => associates.all(), bare)
  app.get('/state/clientbook/texts', async () => texts.all())
  app.get('/state/clientbook/webhooks', async () => ({
    endpoints: endpoints.all().map(endpointView),
    waiting: courier.waiting,
    deliveries: courier.deliveries(),
  }))

  /** `{"Ring size": "6"}` */
  function preferencesByName({ id }: Client): Record<string, unknown> {
    const values = book.preferences.get(id)?.values.filter(({ value }) => value !== null) ?? []
    return Object.fromEntries(
      values.map(({ preference_id, value }) => [definitions.get(preference_id)?.name ?? preference_id, value]),
    )
  }
}
