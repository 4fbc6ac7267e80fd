// The only place of the schema engine, and of prisma.config.ts, that reads the environment.
import { readFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { z } from 'zod'

const root = join(import.meta.dirname, '..', '..')
const env = z
  .object({ DATABASE_OWNER_URL: z.url().optional(), JUMPRING_DIR: z.string().default(join(root, '.jumpring')) })
  .parse(process.env)

/** DATABASE_OWNER_URL: the database, as a role that may create tables and databases. */
export const givenOwnerUrl = env.DATABASE_OWNER_URL

/**
 * The database to work on: DATABASE_OWNER_URL, else the one of the `npm start` that runs in this checkout.
 * Throws if there is neither.
 */
export async function ownerUrl(): Promise<string> {
  if (givenOwnerUrl) return givenOwnerUrl
  const folder = join(env.JUMPRING_DIR, 'postgres')
  try {
    const password = await readFile(join(folder, 'superuser-password'), 'utf8')
    // PostgreSQL: its line 4 is the port.
    const port = Number((await readFile(join(folder, 'data', 'postmaster.pid'), 'utf8')).split('\n')[3])
    return `postgres://postgres:${password}@127.0.0.1:${port}/jumpring`
  } catch (cause) {
    throw new Error('Found no database: have npm start running, or set DATABASE_OWNER_URL', { cause })
  }
}

/** The environment in which the Prisma CLI works on the database at `url`, with the schema engine of this folder. */
export function prismaEnv(url: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    DATABASE_OWNER_URL: url,
    PRISMA_SCHEMA_ENGINE_BINARY: join(import.meta.dirname, 'main.ts'),
    CHECKPOINT_DISABLE: '1',
    // The engine starts on the Node that runs this.
    PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
  }
}
