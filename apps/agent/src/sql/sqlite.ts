import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { type Bindable, type EdgeDatabase, type Session, Turns } from './database.ts'

/** Who else writes may take so long. */
const busyMs = 5000

/** An Edge database in an SQLite file. Reading never holds up the store where the file is in WAL mode. */
export function openSqlite(file: string): EdgeDatabase {
  if (!existsSync(file)) throw new Error(`There is no file ${file}.`)
  const reader = new DatabaseSync(file, { readOnly: true, timeout: busyMs })
  // The write connection is opened when there is something to write: many stores only read.
  let writer: DatabaseSync | undefined
  const turns = new Turns()
  return {
    read: (work) => turns.take(() => transaction(reader, 'BEGIN', work)),
    write: (work) =>
      turns.take(() => {
        writer ??= new DatabaseSync(file, { timeout: busyMs })
        return transaction(writer, 'BEGIN IMMEDIATE', work)
      }),
    close: () =>
      turns.take(async () => {
        reader.close()
        writer?.close()
      }),
  }
}

async function transaction<Result>(
  db: DatabaseSync,
  begin: string,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  db.exec(begin)
  try {
    const result = await work(sessionOf(db))
    db.exec('COMMIT')
    return result
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}

function sessionOf(db: DatabaseSync): Session {
  return {
    query: async (sql: string, parameters: readonly Bindable[]) => db.prepare(sql).all(...parameters),
    change: async (sql: string, parameters: readonly Bindable[]) => Number(db.prepare(sql).run(...parameters).changes),
  }
}
