import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { bulkSchema, productWriteSchema, purchaseWriteSchema } from './bodies.ts'
import { eachByItself } from './bulk.ts'
import { type Clientbook, within } from './clientbook.ts'
import { integration, type Product } from './model.ts'
import { pageOf, pageShape, queryOf, sinceShape } from './pages.ts'
import { invalid } from './problems.ts'
import { putProduct } from './products.ts'
import { putPurchase } from './purchases.ts'
import { bare } from './views.ts'

const listSchema = z.strictObject({
  ...pageShape,
  ...sinceShape,
  external_id: z.string().optional(),
  sku: z.string().optional(),
})

/** Products, and what clients bought. */
export function addProductRoutes(app: FastifyInstance, book: Clientbook): void {
  const { products } = book
  app.get('/v1/products', { config: { scope: 'products:read' } }, async (request) => {
    const query = queryOf(request, listSchema)
    return pageOf(book, (after) => listed(request.accountId, after, query), query, bare)
  })
  app.post('/v1/products/bulk', { config: { scope: 'products:write' } }, async (request) => {
    const { items } = bulkSchema.parse(request.body)
    return eachByItself(items, productWriteSchema, (item) =>
      putProduct(book, request.accountId, taken(item), integration),
    )
  })
  app.post('/v1/purchases/bulk', { config: { scope: 'purchases:write' } }, async (request) => {
    const { items } = bulkSchema.parse(request.body)
    return eachByItself(items, purchaseWriteSchema, (item) => putPurchase(book, request.accountId, taken(item)))
  })

  /** Throws `invalid` for what the settings have refused. */
  function taken<T extends { external_id: string }>(item: T): T {
    if (book.settings.current.refuseObjects.includes(item.external_id)) throw invalid('/title', 'required')
    return item
  }

  function* listed(
    accountId: string,
    after: number,
    { external_id, sku }: z.infer<typeof listSchema>,
  ): Generator<Product> {
    const one = external_id === undefined ? undefined : products.also(within(accountId, external_id))
    const all = external_id === undefined ? products.each(accountId, after) : one ? [one] : []
    for (const product of all) if (sku === undefined || product.sku === sku) yield product
  }
}
