import { expect, it } from 'vitest'
import { errorCodes } from './errors.ts'

const actors = {
  nobody: 'nobody',
  store: 'the store',
  vendor: 'the vendor',
  operator: 'the operator',
  developer: 'a developer',
}
const retries = { never: 'not by itself', backoff: 'yes, with growing waits', wait: 'yes, when the other side said' }

it('docs/errors.md lists every code as the table has it (npx vitest -u writes it)', async () => {
  const rows = Object.entries(errorCodes).map(
    ([code, { meaning, actor, retry }]) => `| \`${code}\` | ${meaning} | ${actors[actor]} | ${retries[retry]} |`,
  )
  const page = [
    '# Codes',
    '',
    'Every expected failure carries one of these.',
    '',
    '| code | meaning | who must act | tried again |',
    '|---|---|---|---|',
    ...rows,
    '',
  ]
  await expect(page.join('\n')).toMatchFileSnapshot('../../../docs/errors.md')
})
