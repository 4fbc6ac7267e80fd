import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import type { SqlConfig } from '../config.ts'
import type { DriverUnderTest } from './source-under-test.ts'

const rowsSchema = z.array(z.record(z.string(), z.unknown()))
const program = fileURLToPath(new URL('sqlite-process.ts', import.meta.url))

/** The Edge's database as an SQLite file, read by a driver of one's choice. */
export function sqliteUnderTest(
  name: string,
  outOfReach: string,
  configOf: (file: string) => SqlConfig,
): DriverUnderTest {
  return {
    name,
    types: { time: 'VARCHAR(19)', flag: 'BOOLEAN' },
    times: 'T',
    outOfReach,
    open: async (folder) => {
      const file = join(folder, 'edge.sqlite')
      const store = fork(program, [file])
      const answer = async () => rowsSchema.parse((await once(store, 'message'))[0])
      const ask = (sql: string, rows: boolean) => {
        const answered = answer()
        store.send({ sql, rows })
        return answered
      }
      await answer()
      return {
        config: configOf(file),
        exec: async (sql) => void (await ask(sql, false)),
        rows: (sql) => ask(sql, true),
        close: async () => {
          const ended = once(store, 'exit')
          store.disconnect()
          await ended
        },
      }
    },
  }
}
