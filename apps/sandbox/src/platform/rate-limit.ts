import type { CommonSettings } from './settings.ts'

/** Counts an account's requests in fixed windows, which start with the clock's minute as at the real gateway. */
export class RateLimit {
  readonly #settings: CommonSettings
  readonly #windows = new Map<string, { endsAt: number; used: number }>()

  constructor(settings: CommonSettings) {
    this.#settings = settings
  }

  /** Takes one request. Undefined when there is no limit. `remaining` is -1 when the request is one too many. */
  take(account: string): { limit: number; remaining: number; resetSeconds: number } | undefined {
    const { rateLimit: limit, rateWindowSeconds } = this.#settings.current
    if (limit === 0) return undefined
    const now = Date.now()
    const length = rateWindowSeconds * 1000
    let window = this.#windows.get(account)
    if (!window || window.endsAt <= now) {
      window = { endsAt: (Math.floor(now / length) + 1) * length, used: 0 }
      this.#windows.set(account, window)
    }
    const resetSeconds = Math.ceil((window.endsAt - now) / 1000)
    if (window.used >= limit) return { limit, remaining: -1, resetSeconds }
    window.used++
    return { limit, remaining: limit - window.used, resetSeconds }
  }

  reset(): void {
    this.#windows.clear()
  }
}
