import type { Secrets } from '@jumpring/connector-kit'
import { expect, test } from 'vitest'
import { clientbook } from './index.ts'
import { startClientbook } from './testing/sandbox.ts'

test('each refresh token gives the next; one whose answer was lost may be asked again, and gives the same', async () => {
  await using sandbox = await startClientbook()
  const renew = (held: Secrets) => clientbook.renewSecrets(held, sandbox.baseUrl, new Date())
  const first = await renew(clientbook.parseSecrets(sandbox.secrets))
  const second = await renew(first)
  expect(second.refreshToken).not.toBe(first.refreshToken)
  const again = await renew(first)
  expect([again.refreshToken, again.accessToken]).toEqual([second.refreshToken, second.accessToken])
  expect((await renew(second)).refreshToken).not.toBe(second.refreshToken)
})
