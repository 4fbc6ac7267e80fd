import { describe, expect, test, vi } from 'vitest'
import { connect, patience, settle } from './account.ts'
import type { ConformancePlatform } from './sandbox.ts'

/** The limit is told, and tokens are renewed on the way. */
export function registerAccess(name: string, platform: ConformancePlatform): void {
  const { connector } = platform

  describe(`${name}: limit and tokens`, patience, () => {
    test('the limit is told with each answer, and beyond it how long to wait', async () => {
      await using line = await connect(platform)
      await line.sandbox.limitTo(2)
      const pingOften = async () => {
        for (let n = 0; n < 10; n++) await line.session.ping()
      }
      await expect(pingOften()).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: expect.any(Number) })
      const told = line.limits.filter(({ limit }) => limit === 2)
      expect(told.map(({ remaining }) => remaining)).toEqual(expect.arrayContaining([1, 0]))
      for (const { resetMs } of told) expect(resetMs).toBeLessThanOrEqual(60_000)
    })

    test('a token that has ended is renewed on the way, again and again', async () => {
      await using line = await connect(platform)
      for (const round of [1, 2]) {
        await line.sandbox.setTokenLife(0.001)
        await line.renewNow()
        await line.sandbox.setTokenLife(3_600)
        await vi.waitFor(async () => {
          await line.session.ping()
          expect(line.renewals()).toBe(round)
        }, settle)
      }
    })

    test('credentials that are used up are a matter of auth', async () => {
      await using line = await connect(platform)
      const used = connector.parseSecrets(line.sandbox.secrets)
      await expect(connector.renewSecrets(used, line.sandbox.baseUrl, new Date())).rejects.toMatchObject({
        code: 'auth',
      })
    })
  })
}
