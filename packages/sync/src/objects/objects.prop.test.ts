import type { Item, ItemFilter } from '@jumpring/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decideObject, type ObjectState } from './decide.ts'
import type { PlatformObject } from './object.ts'
import { projectItem } from './project-item.ts'

const name = fc.constantFrom('RINGS', 'rings', 'Chains', 'Acme', '150')
const item: fc.Arbitrary<Item> = fc.record({
  category: fc.record({ id: name, name }),
  supplier: fc.record({ id: name }),
  description: fc.constantFrom('A ring', 'A ring, resized'),
  status: fc.constantFrom('in_stock', 'sold', 'off'),
  inventoryType: fc.constantFrom('stock', 'memo'),
  price: fc.record({ minor: fc.integer({ min: 0, max: 3 }), currency: fc.constant('USD') }),
  details: fc.constant([]),
  stones: fc.constant([]),
  images: fc.constant([]),
  upload: fc.constantFrom('by_filter', 'always', 'never'),
})
const filter: fc.Arbitrary<ItemFilter> = fc.record({
  categories: fc.array(name, { maxLength: 1 }),
  suppliers: fc.array(name, { maxLength: 1 }),
  inventoryTypes: fc.constantFrom([], ['memo']),
})

/** A platform that keeps what it is given, and whose AI writes titles. */
class Shelf {
  shown: PlatformObject | null = null
  writes = 0

  accept(event: string, object: PlatformObject): void {
    this.writes += 1
    if (object.type !== 'product' || this.shown?.type !== 'product' || event === 'created') this.shown = object
    else this.shown = { ...object, title: this.shown.title, description: this.shown.description }
  }
}

test('[CO-08] whatever happens to an item, the shelf shows it as The Edge has it', () => {
  const step = fc.record({ item, filter, itemsGoUp: fc.boolean(), soldGoUp: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 8 }), (steps) => {
      const shelf = new Shelf()
      let state: ObjectState = { sent: null }
      for (const { item, ...around } of steps) {
        const { filter, itemsGoUp, soldGoUp } = around
        const before = shelf.shown
        const object = projectItem('001-150-00004', item, { ...around, known: state.sent !== null })
        const decision = object && decideObject(object, null, state)
        if (decision?.kind === 'write') {
          shelf.accept(decision.event, decision.object)
          state = { sent: decision.object }
        }
        // The oracle: left as it is, or on hand and shown, or archived, or never seen.
        if (!itemsGoUp && item.status !== 'sold') {
          expect(shelf.shown).toBe(before)
          continue
        }
        const lower = (values: (string | undefined)[]) => values.map((value) => value?.toLowerCase())
        const excluded =
          item.upload === 'never' ||
          (item.upload === 'by_filter' &&
            (filter.inventoryTypes.includes(item.inventoryType) ||
              lower([item.category?.id, item.category?.name]).includes(filter.categories[0]?.toLowerCase() ?? '-') ||
              lower([item.supplier?.id]).includes(filter.suppliers[0]?.toLowerCase() ?? '-')))
        const onHand = item.status === 'in_stock' && !excluded
        if (shelf.shown?.type === 'product') {
          expect(shelf.shown.archived === null).toBe(onHand)
          if (onHand) expect(shelf.shown).toMatchObject({ price: item.price, edgeDescription: item.description })
        } else {
          expect(onHand).toBe(false)
          expect(item.status === 'sold' && soldGoUp && item.upload !== 'never').toBe(false)
        }
        // Looking again changes nothing.
        const again = projectItem('001-150-00004', item, { ...around, known: state.sent !== null })
        if (again) expect(decideObject(again, null, state).kind).toBe('unchanged')
      }
    }),
  )
})

test('[PD-10] a title that the AI wrote survives every later upload', () => {
  fc.assert(
    fc.property(fc.array(item, { minLength: 2, maxLength: 8 }), (items) => {
      const shelf = new Shelf()
      let state: ObjectState = { sent: null }
      let byAi = false
      for (const one of items) {
        const nothing = { categories: [], suppliers: [], inventoryTypes: [] }
        const around = { filter: nothing, itemsGoUp: true, soldGoUp: true }
        const object = projectItem('001-150-00004', one, { ...around, known: state.sent !== null })
        const decision = object && decideObject(object, null, state)
        if (decision?.kind === 'write') {
          shelf.accept(decision.event, decision.object)
          state = { sent: decision.object }
        }
        if (shelf.shown?.type !== 'product') continue
        if (byAi) expect(shelf.shown.title).toBe('By AI')
        shelf.shown = { ...shelf.shown, title: 'By AI' }
        byAi = true
      }
    }),
  )
})
