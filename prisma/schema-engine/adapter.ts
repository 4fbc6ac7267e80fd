// Between the engine and PostgreSQL: @prisma/adapter-pg, with what the engine needs and 7.10.0 does wrong put right.
import { randomUUID } from 'node:crypto'
import { PrismaPg } from '@prisma/adapter-pg'
import {
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils'
import pg from 'pg'
import { createDatabase, dropDatabase, withDatabase } from './database.ts'

/** The engine's way to the database at `url`, and to empty databases beside it ("shadows") to try migrations in. */
export function adapterFactory(url: string): SqlMigrationAwareDriverAdapterFactory {
  return {
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    connect: () => connect(url),
    // Given an address, the package's own connectToShadowDb connects to the main database instead.
    connectToShadowDb: () => connectToShadow(withDatabase(url, `prisma_migrate_shadow_db_${randomUUID()}`)),
  }
}

async function connectToShadow(url: string): Promise<SqlDriverAdapter> {
  await createDatabase(url)
  const adapter = await connect(url)
  const disconnect = adapter.dispose.bind(adapter)
  adapter.dispose = async () => {
    await disconnect()
    await dropDatabase(url)
  }
  return adapter
}

async function connect(url: string): Promise<SqlDriverAdapter> {
  // One connection for good: the engine's advisory lock and its settings belong to a session.
  const pool = new pg.Pool({ connectionString: url, max: 1, idleTimeoutMillis: 0 })
  pool.on('connect', (client) => client.connection.prependListener('rowDescription', renameCatalogTypes))
  const adapter = await new PrismaPg(pool, { schema: 'public', disposeExternalPool: true }).connect()
  readSingleCharacters(adapter)
  // The package's own executeScript splits at every semicolon, also within a function's body. A query without
  // parameters goes to the server as it is, however many statements it has.
  adapter.executeScript = async (script) => {
    await adapter.executeRaw({ sql: script, args: [], argTypes: [] })
  }
  return adapter
}

// PostgreSQL's catalog has types that the package refuses to read (their numbers: pg_type.dat).
const types = { char: 18, charArray: 1002, nameArray: 1003, textArray: 1009 }

/** Makes of them, as they come from the server, types that it reads: `name[]` is `text[]`, and `"char"` passes as `"char"[]`. */
function renameCatalogTypes({ fields }: { fields: { dataTypeID: number }[] }): void {
  for (const field of fields) {
    if (field.dataTypeID === types.char) field.dataTypeID = types.charArray
    if (field.dataTypeID === types.nameArray) field.dataTypeID = types.textArray
  }
}

/** No type of the package's is a single character: gives it back to those that passed as an array. */
function readSingleCharacters(adapter: SqlDriverAdapter): void {
  const queryRaw = adapter.queryRaw.bind(adapter)
  adapter.queryRaw = async (query) => {
    const result = await queryRaw(query)
    const columnTypes = result.columnTypes.map((type) =>
      type === ColumnTypeEnum.CharacterArray ? ColumnTypeEnum.Character : type,
    )
    return { ...result, columnTypes }
  }
}
