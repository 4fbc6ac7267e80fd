import type { ShownObject } from '@jumpring/connector-kit/conformance'
import { z } from 'zod'

const money = z.object({ amount: z.string(), currency: z.string() }).nullable()
const productSchema = z.object({
  external_id: z.string(),
  kind: z.string(),
  title: z.string(),
  description: z.string().nullable(),
  sku: z.string().nullable(),
  status: z.string(),
  price: money,
  category: z.string().nullable(),
  attributes: z.array(z.object({ name: z.string(), value: z.string() })),
  client_pos_id: z.string().nullable(),
  revision: z.int(),
})
type Product = z.infer<typeof productSchema>
const purchaseSchema = z.object({
  external_id: z.string(),
  client_pos_id: z.string().nullable(),
  purchased_at: z.string(),
  title: z.string().nullable(),
  amount: money,
  is_return: z.boolean(),
  receipt_number: z.string().nullable(),
  line_number: z.int().nullable(),
  product_sku: z.string().nullable(),
  revision: z.int(),
})
type Purchase = z.infer<typeof purchaseSchema>

interface Person {
  readonly pos_id: string | null
  readonly first_name: string | null
  readonly last_name: string | null
}

/** Products and purchases in the words of the core, read back past the connector. */
export function objectsOf(products: unknown, purchases: unknown, people: readonly Person[]): ShownObject[] {
  const nameOf = (number: string | null) => {
    const person = people.find(({ pos_id }) => pos_id !== null && pos_id === number)
    return person ? `${person.first_name} ${person.last_name}` : null
  }
  const common = (one: Product | Purchase) => ({
    externalId: one.external_id,
    title: one.title,
    writes: one.revision,
    contact: nameOf(one.client_pos_id),
  })
  const shownProduct = (product: Product) => ({
    ...common(product),
    type: product.kind === 'job' ? 'serviceJob' : 'product',
    archived: product.status === 'archived',
    fields: product.kind === 'job' ? jobFields(product) : itemFields(product),
  })
  const shownPurchase = (one: Purchase) => ({
    ...common(one),
    type: 'purchase',
    archived: false,
    fields: purchaseFields(one),
  })
  return [
    ...z.array(productSchema).parse(products).map(shownProduct),
    ...z.array(purchaseSchema).parse(purchases).map(shownPurchase),
  ]
}

const itemFields = ({ sku, price, category }: Product) => ({ itemNumber: sku, price: inCents(price), category })

function jobFields({ title, description, price, attributes }: Product) {
  const named = (name: string) => attributes.find((attribute) => attribute.name === name)?.value ?? null
  const told = { number: named('Job'), jobType: named('Type'), status: named('Status') }
  return { ...told, summary: title, description, price: inCents(price) }
}

function purchaseFields(one: Purchase) {
  return {
    sale: one.receipt_number,
    line: one.line_number,
    purchasedAt: one.purchased_at,
    amount: inCents(one.amount),
    isReturn: one.is_return,
    description: one.title,
    itemNumber: one.product_sku,
  }
}

const inCents = (value: z.infer<typeof money>) =>
  value && { minor: Math.round(Number(value.amount) * 100), currency: value.currency }
