import { exec } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

test('schema.graphql shows the admin API as it is (print.ts says how to bring it up to date)', async () => {
  const cwd = fileURLToPath(new URL('../..', import.meta.url))
  const { stdout } = await promisify(exec)(
    'node src/graphql/print.ts | biome format --stdin-file-path=schema.graphql',
    { cwd },
  )
  expect(await readFile(`${cwd}/schema.graphql`, 'utf8')).toBe(stdout)
})
