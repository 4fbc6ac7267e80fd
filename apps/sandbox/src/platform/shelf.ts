import type { z } from 'zod'
import type { Documents } from '../documents.ts'

type Keys<T> = {
  key: (value: T) => string
  /** Another key, of its own as well; undefined where this one has none. */
  also?: (value: T) => string | undefined
  /** What it belongs to. */
  groups?: (value: T) => string[]
  /** What the order at a start is told by. */
  seq?: (value: T) => number
}

/** Documents of one kind, found by their keys, in the order in which they were last put. They are never changed in place. */
export class Shelf<T> {
  readonly #documents: Documents
  readonly #kind: string
  readonly #keys: Keys<T>
  readonly #all = new Map<string, T>()
  readonly #also = new Map<string, string>()
  readonly #groups = new Map<string, Set<string>>()

  constructor(documents: Documents, kind: string, schema: z.ZodType<T>, keys: Keys<T>) {
    this.#documents = documents
    this.#kind = kind
    this.#keys = keys
    const { seq = () => 0 } = keys
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

  /** The same one by one; whoever changes any of them meanwhile wants `of`. */
  *each(group: string): Generator<T> {
    for (const key of this.#groups.get(group) ?? []) {
      const value = this.#all.get(key)
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
    const key = this.#keys.key(value)
    const also = this.#keys.also?.(value)
    this.#all.set(key, value)
    if (also !== undefined) this.#also.set(also, key)
    for (const group of this.#keys.groups?.(value) ?? []) {
      this.#groups.set(group, (this.#groups.get(group) ?? new Set()).add(key))
    }
  }

  #take(key: string): void {
    const before = this.#all.get(key)
    if (before === undefined) return
    const also = this.#keys.also?.(before)
    this.#all.delete(key)
    if (also !== undefined && this.#also.get(also) === key) this.#also.delete(also)
    for (const group of this.#keys.groups?.(before) ?? []) this.#groups.get(group)?.delete(key)
  }
}
