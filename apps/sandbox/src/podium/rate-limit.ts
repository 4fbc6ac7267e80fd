import type { Settings } from './settings.ts'

/** Counts an organization's requests in fixed windows, which start with the clock's minute as at the real gateway. */
export class RateLimit {
  readonly #settings: Settings
  readonly #windows = new Map<string, { endsAt: number; used: number }>()

  constructor(settings: Settings) {
    this.#settings = settings
  }

  /** Takes one request. Undefined when there is no limit. `remaining` is -1 when the request is one too many. */
  take(organizationUid: string): { limit: number; remaining: number; resetSeconds: number } | undefined {
    const { rateLimit: limit, rateWindowSeconds } = this.#settings.current
    if (limit === 0) return undefined
    const now = Date.now()
    const length = rateWindowSeconds * 1000
    let window = this.#windows.get(organizationUid)
    if (!window || window.endsAt <= now) {
      window = { endsAt: (Math.floor(now / length) + 1) * length, used: 0 }
      this.#windows.set(organizationUid, window)
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
