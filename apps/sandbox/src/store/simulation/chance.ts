import { seeded } from '../random.ts'

/** Chance from a seed: the same draws in the same order. */
export class Chance {
  readonly number: () => number

  constructor(seed: number) {
    this.number = seeded(seed)
  }

  below(limit: number): number {
    return Math.floor(this.number() * limit)
  }

  once(inHowMany: number): boolean {
    return this.below(inHowMany) === 0
  }

  pick<T>(from: readonly T[]): T {
    const one = from[this.below(from.length)]
    if (one === undefined) throw new Error('Nothing to pick from.')
    return one
  }

  /** One of them, each as likely as its weight says. */
  weighted<T extends { weight: number }>(from: readonly T[]): T {
    const total = from.reduce((sum, { weight }) => sum + weight, 0)
    let left = this.number() * total
    for (const one of from) {
      left -= one.weight
      if (left < 0) return one
    }
    return this.pick(from)
  }
}
