import { Refusal } from '../till/refusal.ts'
import { diaryEvents } from './diary-events.ts'
import { peopleEvents } from './people-events.ts'
import { saleEvents } from './sale-events.ts'
import { serviceEvents } from './service-events.ts'
import { type Event, Shop, type ShopParts } from './shop.ts'

export type Happening = { at: string; what: string; text: string }
type State = { playing: boolean; events: number; happenings: Happening[] }

const tries = 50
const kept = 100
const dayEvents: Event[] = [...saleEvents(6), ...serviceEvents, ...peopleEvents, ...diaryEvents]

/** A day in the shop, played at once or step by step: the same seed in the same store gives the same day. */
export class Day {
  readonly #store: ShopParts & { readonly exporter: { changed(): void } }
  #timer: NodeJS.Timeout | undefined
  #left = 0
  #happenings: Happening[] = []

  constructor(store: ShopParts & { readonly exporter: { changed(): void } }) {
    this.#store = store
  }

  /** Of the last day: whether it goes on, how many steps are left, and the latest that happened. */
  get state(): State {
    return { playing: this.#timer !== undefined, events: this.#left, happenings: this.#happenings.slice(-kept) }
  }

  playAtOnce(seed: number, events: number): Happening[] {
    const shop = this.#open(seed)
    for (let step = 0; step < events; step++) this.#step(shop)
    return this.#happenings
  }

  /** `speed`: steps a second. */
  play(seed: number, events: number, speed: number): void {
    const shop = this.#open(seed)
    this.#left = events
    this.#timer = setInterval(() => {
      if (this.#left-- > 0) this.#step(shop)
      else this.stop()
    }, 1000 / speed)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#left = 0
  }

  #open(seed: number): Shop {
    this.stop()
    this.#happenings = []
    return new Shop(this.#store, seed, true)
  }

  #step(shop: Shop): void {
    const happening = oneOf(dayEvents, shop)
    if (!happening) return
    this.#happenings.push(happening)
    this.#store.exporter.changed()
  }
}

/** Lets one thing happen, a transaction of its own: another where one is not possible just now. */
export function oneOf(events: Event[], shop: Shop): Happening | undefined {
  for (let attempt = 0; attempt < tries; attempt++) {
    const { what, happen } = shop.chance.weighted(events)
    try {
      const text = shop.database.inTransaction(() => happen(shop))
      if (text) return { at: shop.database.now(), what, text }
    } catch (error) {
      // Somebody else at the till was faster.
      if (!(error instanceof Refusal)) throw error
    }
  }
  return undefined
}
