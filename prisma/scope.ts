import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { type Prisma, PrismaClient } from './generated/client.ts'
import { isOutdated, keepingPlans, settingsForKeptPlans } from './kept-plans.ts'

/**
 * The cloud's database. Two doors to the same tables: Prisma for the directory that people administer, plain SQL for the
 * engine's bulk paths. Through both, every transaction takes one of three scopes; outside of one nothing can be read.
 */
export interface Database {
  readonly pool: pg.Pool
  /** Statements are planned once: for whoever makes the same ones again and again. */
  readonly keepsPlans: boolean
  readonly prisma: PrismaClient
  close(): Promise<void>
}

/** A connection in a transaction. */
export interface Sql {
  query<Row extends pg.QueryResultRow>(text: string | pg.QueryConfig, values?: unknown[]): Promise<pg.QueryResult<Row>>
}
export type Directory = Prisma.TransactionClient

/** Whose rows a transaction sees. `system` sees who there is and what is due, never a customer. */
export type Scope =
  | { readonly as: 'tenant'; readonly tenantId: string }
  | { readonly as: 'vendor'; readonly vendorId: string }
  | { readonly as: 'system' }

/** @param url of the role jumpring_app */
export function openDatabase(
  url: string,
  { connections = 10, keepsPlans = false }: { connections?: number; keepsPlans?: boolean } = {},
): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    ...(keepsPlans && { options: settingsForKeptPlans }),
  })
  // An idle connection that dies (the server was restarted) is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => {})
  // One that dies in the middle of a transaction, between two queries, fails the next query.
  pool.on('connect', (client) => client.on('error', () => {}))
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) })
  return {
    pool,
    keepsPlans,
    prisma,
    close: async () => {
      await prisma.$disconnect()
      await pool.end()
    },
  }
}

// A process that is frozen in the middle of a transaction does not keep its locks.
const longestIdle = '30s'

/** Begins a transaction under a scope, all in one round trip. */
function enter(scope: Scope): string {
  const [role, tenantId, vendorId] = settingsOf(scope).map(pg.escapeLiteral)
  return `BEGIN; SELECT set_config('idle_in_transaction_session_timeout', '${longestIdle}', true), set_config('role', ${role}, true),
    set_config('app.tenant_id', ${tenantId}, true), set_config('app.vendor_id', ${vendorId}, true)`
}

function settingsOf(scope: Scope): [role: string, tenantId: string, vendorId: string] {
  return [
    `jumpring_${scope.as}`,
    scope.as === 'tenant' ? scope.tenantId : '',
    scope.as === 'vendor' ? scope.vendorId : '',
  ]
}

/**
 * Runs `work` in one transaction under a scope. Rolls back when it throws.
 * @param opening statements without parameters that are sent along with the first; `work` gets the rows of the last one
 */
export async function inScope<T>(
  db: Database,
  scope: Scope,
  work: (sql: Sql, opened: unknown[]) => Promise<T>,
  opening = '',
): Promise<T> {
  const client = await db.pool.connect()
  let broken = false
  try {
    const opened: unknown = await client.query(`${enter(scope)};${opening}`)
    const result = await work(db.keepsPlans ? keepingPlans(client) : client, lastRows(opened))
    await client.query('COMMIT')
    return result
  } catch (error) {
    broken = isOutdated(error)
    await client.query('ROLLBACK').catch(() => {
      broken = true
    })
    throw error
  } finally {
    client.release(broken)
  }
}

/** Of several statements in one query: the driver answers with a result each. */
function lastRows(results: unknown): unknown[] {
  return Array.isArray(results) ? (results.at(-1)?.rows ?? []) : []
}

export function inTenant<T>(db: Database, tenantId: string, work: (sql: Sql) => Promise<T>): Promise<T> {
  return inScope(db, { as: 'tenant', tenantId }, work)
}

/** The same for the directory, through Prisma. */
export function inDirectory<T>(db: Database, scope: Scope, work: (directory: Directory) => Promise<T>): Promise<T> {
  return db.prisma.$transaction(async (directory) => {
    const [role, tenantId, vendorId] = settingsOf(scope)
    await directory.$executeRaw`SELECT set_config('role', ${role}, true), set_config('app.tenant_id', ${tenantId}, true), set_config('app.vendor_id', ${vendorId}, true)`
    return work(directory)
  })
}
