import type { Item, ItemFilter } from '@jumpring/contracts'
import { beginningOf } from '../normalize.ts'
import type { Product } from './object.ts'

/** What is known around an item when it is projected. */
export interface ItemSurroundings {
  readonly filter: ItemFilter
  /** Whether items go up; if not, what is there of them stays as it is. */
  readonly itemsGoUp: boolean
  /** CO-09: whether sold items go up as archived products, as they do where the sales history goes up. */
  readonly soldGoUp: boolean
  /** Whether the platform has the product already. */
  readonly known: boolean
}

/**
 * What a platform should show of an item (CO-08, PD-09, PD-11). Filters concern what is on hand only; what leaves the shelf or the
 * filter is archived where the platform has it. The store's own "never" and "always" stand above the filter.
 * @returns null when the platform gets nothing
 */
export function projectItem(key: string, item: Item, around: ItemSurroundings): Product | null {
  const archived = archivedAs(item, around)
  if (archived === 'nothing') return null
  return {
    type: 'product',
    itemNumber: key,
    title: titleOf(key, item),
    description: item.description ?? null,
    edgeDescription: item.description ?? null,
    price: item.price ?? null,
    category: item.category?.name ?? item.category?.id ?? null,
    style: item.style ?? null,
    metal: item.metal ?? null,
    size: item.size ?? null,
    stones: item.stones,
    details: item.details,
    images: item.images,
    inventoryType: item.inventoryType,
    supplier: item.supplier?.name ?? item.supplier?.id ?? null,
    archived,
    soldAt: item.sold?.at ?? null,
  }
}

/**
 * CB-05: the product of a wished item: whatever is or was of it, sold, off the shelf or filtered, and then archived as the item is.
 * @param item null while the store has not shown it: the wish tells what it is
 */
export function projectWishedItem(
  key: string,
  item: Item | null,
  wish: { readonly description?: string | null },
  filter: ItemFilter,
): Product {
  const around = { filter, itemsGoUp: true, soldGoUp: true, known: true }
  const description = wish.description ?? undefined
  const unknown: Item = {
    status: 'off',
    inventoryType: 'stock',
    details: [],
    stones: [],
    images: [],
    upload: 'by_filter',
    ...(description && { description }),
  }
  const product = projectItem(key, item ?? unknown, around)
  if (product === null) throw new Error('A known product is always something.')
  return product
}

function archivedAs(
  item: Item,
  { filter, itemsGoUp, soldGoUp, known }: ItemSurroundings,
): Product['archived'] | 'nothing' {
  if (!itemsGoUp && item.status !== 'sold') return 'nothing'
  const unlessKnown = (why: Product['archived']) => (known ? why : 'nothing')
  // The number went on to another record, which takes the product with it.
  if (item.newKey !== undefined) return unlessKnown('off')
  if (item.upload === 'never') return unlessKnown('filtered')
  switch (item.status) {
    case 'sold':
      return soldGoUp ? 'sold' : unlessKnown('sold')
    case 'off':
      return unlessKnown('off')
    case 'in_stock':
      return item.upload === 'always' || !isFilteredOut(item, filter) ? null : unlessKnown('filtered')
  }
}

function isFilteredOut(item: Item, { categories, suppliers, inventoryTypes }: ItemFilter): boolean {
  return (
    inventoryTypes.includes(item.inventoryType) ||
    names(item.category).some((name) => categories.some((excluded) => same(excluded, name))) ||
    names(item.supplier).some((name) => suppliers.some((excluded) => same(excluded, name)))
  )
}

const names = (one: { readonly id: string; readonly name?: string | undefined } | undefined): string[] =>
  one === undefined ? [] : [one.id, ...(one.name === undefined ? [] : [one.name])]

const same = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase()

/** What staff read in a list until the platform has a title of its own. */
function titleOf(key: string, { description, category, style }: Item): string {
  const [firstLine] = (description ?? '').split(/[\r\n]/)
  return beginningOf(firstLine?.trim() ?? '', 120) || [category?.name, style].filter(Boolean).join(' ') || `Item ${key}`
}
