import { z } from 'zod'
import { type Bindable, type EdgeDatabase, type RawRow, type Session, Turns } from './database.ts'

/** What is used of a connection of the npm package `odbc`. */
interface Connection {
  query(sql: string, parameters: Bindable[], options?: typeof buffers): Promise<unknown>
  beginTransaction(): Promise<void>
  commit(): Promise<void>
  rollback(): Promise<void>
  close(): Promise<void>
}
const rowsSchema = z.array(z.record(z.string(), z.unknown()))
/** Of a statement without rows: an empty list, with the number of rows changed beside it. */
const resultSchema = z.custom<{ count: number }>((result) => Array.isArray(result) && 'count' in result)

/** Seconds: who does not answer by then is taken to be away. */
const patience = { connectionTimeout: 20, loginTimeout: 20 }
/** Bytes kept for each memo of each row to begin with; it grows for a longer one. What the package takes by itself, 64 kB, makes a gigabyte. */
const buffers = { initialBufferSize: 2048 }

/**
 * An Edge database by ODBC. Tried with the drivers of SQLite and PostgreSQL; SQL Server's is unverified.
 * Throws a sentence where the package or unixODBC is not installed; what a driver says of a failure never holds the connection string.
 */
export async function openOdbc(connectionString: string): Promise<EdgeDatabase> {
  const { connect } = await loadOdbc()
  const connection = await connect({ connectionString, ...patience })
  const turns = new Turns()
  const transaction = async <Result>(work: (session: Session) => Promise<Result>): Promise<Result> => {
    await connection.beginTransaction()
    try {
      const result = await work(sessionOf(connection))
      await connection.commit()
      return result
    } catch (error) {
      await connection.rollback().catch(() => undefined)
      throw error
    }
  }
  return {
    read: (work) => turns.take(() => transaction(work)),
    write: (work) => turns.take(() => transaction(work)),
    close: () => turns.take(() => connection.close()),
  }
}

type Connect = (options: { connectionString: string } & typeof patience) => Promise<Connection>
const odbcSchema = z.object({
  default: z.object({ connect: z.custom<Connect>((value) => typeof value === 'function') }),
})

/** An optional dependency: the compiler must not look for it. */
const packageName: string = 'odbc'

async function loadOdbc(): Promise<{ connect: Connect }> {
  try {
    const loaded: unknown = await import(packageName)
    return odbcSchema.parse(loaded).default
  } catch (cause) {
    const message =
      'ODBC is not installed here. Install unixODBC (on Debian: unixodbc) and the driver of the database, then the agent again.'
    throw new Error(message, { cause })
  }
}

function sessionOf(connection: Connection): Session {
  return {
    query: async (sql: string, parameters: readonly Bindable[]): Promise<readonly RawRow[]> =>
      rowsSchema.parse(await connection.query(sql, [...parameters], buffers)),
    change: async (sql: string, parameters: readonly Bindable[]) =>
      resultSchema.parse(await connection.query(sql, [...parameters])).count,
  }
}
