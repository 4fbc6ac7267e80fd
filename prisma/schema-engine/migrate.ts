// `prisma migrate …` with the schema engine of this folder: `npm run migrate:dev`, `npm run migrate:status`.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { ownerUrl, prismaEnv } from './env.ts'

const prisma = createRequire(import.meta.url).resolve('prisma/build/index.js')

try {
  const { status, error } = spawnSync(process.execPath, [prisma, 'migrate', ...process.argv.slice(2)], {
    cwd: dirname(import.meta.dirname),
    env: prismaEnv(await ownerUrl()),
    stdio: 'inherit',
  })
  if (error) throw error
  process.exitCode = status ?? 1
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
}
