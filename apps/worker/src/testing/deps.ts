import { createPrecedence, type Database, type Keyring } from '@jumpring/db'
import { pino } from 'pino'
import type { Deps } from '../context.ts'

/** What activities share, in a test: nothing is logged, and no platform can reach it. */
export const testDeps = (db: Database, keyring: Keyring): Deps => ({
  db,
  keyring,
  publicUrl: 'http://127.0.0.1:1',
  log: pino({ level: 'silent' }),
  platformPatienceMs: 3000,
  precedence: createPrecedence(),
})
