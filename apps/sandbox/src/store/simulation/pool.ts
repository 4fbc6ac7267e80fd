/** Keys to draw from by chance. Drawing and removing cost the same however many there are. */
export class Pool {
  readonly #keys: string[]
  readonly #random: () => number

  constructor(random: () => number, keys: string[] = []) {
    this.#random = random
    this.#keys = keys
  }

  get size(): number {
    return this.#keys.length
  }

  add(key: string): void {
    this.#keys.push(key)
  }

  /** One of them; undefined where there is none. */
  pick(): string | undefined {
    return this.#keys[Math.floor(this.#random() * this.#keys.length)]
  }

  /** One of them, which is in the pool no more. */
  take(): string | undefined {
    const index = Math.floor(this.#random() * this.#keys.length)
    const key = this.#keys[index]
    const last = this.#keys.pop()
    if (last !== undefined && index < this.#keys.length) this.#keys[index] = last
    return key
  }
}
