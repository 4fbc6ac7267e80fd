import type { Frozen, ObjectWrite, Session } from '@jumpring/connector-kit'
import type { Caller } from '@jumpring/connector-kit/http/caller'
import type { ConnectionSettings, Money } from '@jumpring/contracts'
import { JumpringError } from '@jumpring/contracts'
import { beginningOf, type Product, type Purchase, type TimelineJob } from '@jumpring/sync'
import { refusal } from './answers.ts'
import type { ProductWrite, PurchaseWrite } from './api.ts'
import { locationOf } from './mapping.ts'
import { bulkResultSchema } from './wire.ts'

/** Our assumption. */
export const mostObjects = 100

const routes = { products: '/v1/products/bulk', purchases: '/v1/purchases/bulk' } as const

/** The payload of an object's write. */
export function freezeObject(write: ObjectWrite, settings: ConnectionSettings): Frozen {
  const { object } = write
  const frozen = { op: 'object', identifiers: [] } as const
  switch (object.type) {
    case 'purchase':
      return { ...frozen, route: routes.purchases, body: { ...purchaseOf(object, write, settings) } }
    case 'product':
      return { ...frozen, route: routes.products, body: { ...productOf(object, write) } }
    case 'serviceJob':
      return { ...frozen, route: routes.products, body: { ...jobOf(object, write) } }
    case 'appointment':
      throw new JumpringError('configuration', 'Clientbook has no place for appointments.')
  }
}

/** Sends objects of one route in one call. Per object, in order: null when it was accepted. */
export async function writeObjects(caller: Caller, frozen: readonly Frozen[]): ReturnType<Session['writeObjects']> {
  const path = frozen[0]?.route
  if (path === undefined) return []
  const body = { items: frozen.map((one) => one.body) }
  const { results } = await caller.read({ method: 'POST', path, body }, bulkResultSchema)
  if (results.length !== frozen.length)
    throw new JumpringError('platform_unavailable', 'Clientbook did not say what became of each object.')
  return results.map(({ outcome, problem }, at) =>
    outcome === 'rejected' ? refusal(problem ?? { code: 'no_reason' }, frozen[at]?.body ?? {}) : null,
  )
}

/** The id of a product, which is made or brought up to date. */
export async function ensureProduct(caller: Caller, product: ProductWrite): Promise<string> {
  const call = { method: 'POST', path: routes.products, body: { items: [product] } } as const
  const [result] = (await caller.read(call, bulkResultSchema)).results
  if (result?.outcome === 'rejected') throw refusal(result.problem ?? { code: 'no_reason' }, product)
  if (!result?.id) throw new JumpringError('platform_unavailable', 'Clientbook did not say what became of the product.')
  return result.id
}

/**
 * An item as a product. Its title and description are only a beginning, which staff may reword: they go with the first write alone
 * (PD-10); what The Edge says by then goes among the attributes.
 */
export function productOf(
  object: Product,
  { event, externalId }: Pick<ObjectWrite, 'event' | 'externalId'>,
): ProductWrite {
  return {
    external_id: externalId,
    ...(event === 'created'
      ? { title: clip(object.title, 200), description: clipOrNull(object.description, 5000) }
      : {}),
    sku: object.itemNumber,
    kind: 'stock',
    status: object.archived === null ? 'active' : 'archived',
    price: moneyOf(object.price),
    category: clipOrNull(object.category, 100),
    supplier: clipOrNull(object.supplier, 100),
    images: object.images
      .filter((url) => URL.canParse(url))
      .slice(0, 10)
      .map((url) => ({ url })),
    attributes: attributesOf({
      'The Edge says': object.edgeDescription,
      Metal: object.metal,
      Size: object.size,
      Style: object.style,
      Stones: object.stones.join('; ') || null,
      Details: object.details.join('; ') || null,
      'Inventory type': object.inventoryType,
      Sold: object.soldAt,
    }),
    client_pos_id: null,
  }
}

/** CB-08: a job as an archived product with its details. */
function jobOf(object: TimelineJob, { externalId, contact }: ObjectWrite): ProductWrite {
  return {
    external_id: externalId,
    title: clip(object.summary ?? `Service job ${object.number}`, 200),
    description: clipOrNull(object.description, 5000),
    sku: object.number,
    kind: 'job',
    status: 'archived',
    price: moneyOf(object.price),
    attributes: attributesOf({
      Job: object.number,
      Type: object.jobType,
      Status: object.status,
      Entered: object.enteredAt,
      Promised: object.promisedAt,
      Done: object.doneAt,
      'Picked up': object.pickedUpAt,
      Item: object.itemNumber,
      Associate: object.associate?.number ?? null,
    }),
    client_pos_id: contact?.edgeKey ?? null,
  }
}

function purchaseOf(
  object: Purchase,
  { externalId, contact, at }: ObjectWrite,
  settings: ConnectionSettings,
): PurchaseWrite {
  if (contact === null) throw new JumpringError('configuration', 'A purchase is somebody’s.')
  return {
    external_id: externalId,
    client_pos_id: contact.edgeKey,
    purchased_at: object.purchasedAt ?? at,
    title: clipOrNull(object.description, 200),
    amount: moneyOf(object.amount),
    is_return: object.isReturn,
    receipt_number: object.sale,
    line_number: object.line,
    product_sku: object.itemNumber,
    associate_point_of_sale_id: object.associate?.number ?? null,
    location_id: locationOf(object.sale, settings) ?? null,
  }
}

type Attribute = NonNullable<ProductWrite['attributes']>[number]

function attributesOf(values: Readonly<Record<string, string | null>>): readonly Attribute[] {
  return Object.entries(values).flatMap(([name, value]) => (value === null ? [] : [{ name, value: clip(value, 1000) }]))
}

/** As a decimal, in the currency's own places: 129900 USD is `1299.00`. */
function moneyOf(money: Money | null): (PurchaseWrite['amount'] & object) | null {
  if (money === null) return null
  const { currency, minor } = money
  const places =
    new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
  const digits = String(Math.abs(minor)).padStart(places + 1, '0')
  const whole = digits.slice(0, digits.length - places)
  const amount = `${minor < 0 ? '-' : ''}${places === 0 ? whole : `${whole}.${digits.slice(-places)}`}`
  return { amount, currency }
}

/** At most so many characters of it. */
export const clip = (text: string, most: number) => (text.length <= most ? text : `${beginningOf(text, most - 1)}…`)
const clipOrNull = (text: string | null, most: number) => (text === null ? null : clip(text, most))
