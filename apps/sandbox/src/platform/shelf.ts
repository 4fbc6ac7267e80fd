import type { z } from 'zod'
import type { Documents } from '../documents.ts'

type Keys<T> = {
  key: (value: T) => string
  /** Another key, of its own as well; undefined where this one has none. */
  also?: (value: T) => string | undefined
  /** What it belongs to, and the order there: `seq` grows with every put. */
  groups?: { of: (value: T) => string[]; seq: (value: T) => number }
}

/** What belongs to one group, as it was put; what has another `seq` by now is put again further on, or gone. */
type Log = { entries: { seq: number; key: string }[]; living: number }

/** Documents of one kind, found by their keys, in the order in which they were last put. They are never changed in place. */
export class Shelf<T> {
  readonly #documents: Documents
  readonly #kind: string
  readonly #keys: Keys<T>
  readonly #all = new Map<string, T>()
  readonly #also = new Map<string, string>()
  readonly #groups = new Map<string, Log>()

  constructor(documents: Documents, kind: string, schema: z.ZodType<T>, keys: Keys<T>) {
    this.#documents = documents
    this.#kind = kind
    this.#keys = keys
    const seq = keys.groups?.seq ?? (() => 0)
    for (const value of documents.read(kind, schema).sort((a, b) => seq(a) - seq(b))) this.#place(value)
  }

  all(): T[] {
    return [...this.#all.values()]
  }

  get size(): number {
    return this.#all.size
  }

  get(key: string): T | undefined {
    return this.#all.get(key)
  }

  also(key: string): T | undefined {
    const first = this.#also.get(key)
    return first === undefined ? undefined : this.#all.get(first)
  }

  /** All that belong to it. */
  of(group: string): T[] {
    return [...this.each(group)]
  }

  /** The same one by one, from after a `seq` on; whoever changes any of them meanwhile wants `of`. */
  *each(group: string, after = Number.NEGATIVE_INFINITY): Generator<T> {
    const { entries } = this.#groups.get(group) ?? { entries: [] }
    for (let index = firstAfter(entries, after); index < entries.length; index++) {
      const value = this.#current(entries[index])
      if (value !== undefined) yield value
    }
  }

  put(value: T): T {
    const key = this.#keys.key(value)
    this.#take(key)
    this.#place(value)
    this.#documents.put(this.#kind, key, value)
    return value
  }

  remove(key: string): void {
    this.#take(key)
    this.#documents.remove(this.#kind, key)
  }

  reset(): void {
    for (const index of [this.#all, this.#also, this.#groups]) index.clear()
    this.#documents.clear(this.#kind)
  }

  #place(value: T): void {
    const { also, groups } = this.#keys
    const key = this.#keys.key(value)
    const other = also?.(value)
    this.#all.set(key, value)
    if (other !== undefined) this.#also.set(other, key)
    for (const group of groups?.of(value) ?? []) {
      const log = this.#groups.get(group) ?? { entries: [], living: 0 }
      if (log.entries.length > 2 * log.living + 64) {
        log.entries = log.entries.filter((entry) => this.#current(entry) !== undefined)
      }
      log.entries.push({ seq: groups?.seq(value) ?? 0, key })
      log.living++
      this.#groups.set(group, log)
    }
  }

  #take(key: string): void {
    const before = this.#all.get(key)
    if (before === undefined) return
    const also = this.#keys.also?.(before)
    this.#all.delete(key)
    if (also !== undefined && this.#also.get(also) === key) this.#also.delete(also)
    for (const group of this.#keys.groups?.of(before) ?? []) {
      const log = this.#groups.get(group)
      if (log) log.living--
    }
  }

  #current(entry: Log['entries'][number] | undefined): T | undefined {
    const value = entry === undefined ? undefined : this.#all.get(entry.key)
    return value !== undefined && this.#keys.groups?.seq(value) === entry?.seq ? value : undefined
  }
}

/** The index of the first entry whose `seq` is greater. */
function firstAfter(entries: Log['entries'], after: number): number {
  let [low, high] = [0, entries.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((entries[middle]?.seq ?? 0) <= after) low = middle + 1
    else high = middle
  }
  return low
}
