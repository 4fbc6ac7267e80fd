// The store's side of a test on an SQLite file: statements come as messages, what they give goes back.
// A process of its own, since two copies of SQLite in one (node:sqlite's and the ODBC driver's) do not see each other's locks.
import { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'

const messageSchema = z.object({ sql: z.string(), rows: z.boolean() })
const db = new DatabaseSync(z.string().parse(process.argv[2]), { timeout: 5000 })
db.exec('PRAGMA journal_mode = WAL')

process.on('message', (message) => {
  const { sql, rows } = messageSchema.parse(message)
  process.send?.(rows ? db.prepare(sql).all() : (db.exec(sql) ?? []))
})
process.on('disconnect', () => {
  db.close()
  process.exit()
})
process.send?.([])
