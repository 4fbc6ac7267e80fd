import type { Bindable, Parameter } from './database.ts'

/** A place in an order of columns: a value for each of the first of them. `included`: rows at this very place count as after it. */
export interface Place {
  readonly values: readonly Parameter[]
  readonly included: boolean
}

/** A statement with what stands for its question marks. */
export interface Query {
  readonly sql: string
  readonly parameters: readonly Bindable[]
}

/** How many rows, and how this database is told so. */
export interface Limit {
  readonly rows: number
  readonly form: 'limit' | 'fetch'
}

/**
 * The next rows of a query in the order of `columns`, after a place. The query stays as it is written, as a derived table; databases
 * see through that to its indexes. Written with `>=` on the first column first, because that is what an index is used for.
 */
export function pageOf(query: string, columns: readonly string[], after: Place | undefined, limit: Limit): Query {
  return pageWith('*', query, columns, after, limit)
}

/** The same of these columns only: what the others hold is not looked at. */
export function keysOf(
  query: string,
  given: readonly string[],
  columns: readonly string[],
  after: Place | undefined,
  limit: Limit,
): Query {
  return pageWith(given.join(', '), query, columns, after, limit)
}

function pageWith(
  given: string,
  query: string,
  columns: readonly string[],
  after: Place | undefined,
  limit: Limit,
): Query {
  const { condition, parameters } = after ? beyond(columns.slice(0, after.values.length), after) : nothing
  const end = limit.form === 'limit' ? `LIMIT ${limit.rows}` : `OFFSET 0 ROWS FETCH NEXT ${limit.rows} ROWS ONLY`
  const where = condition === '' ? '' : `WHERE ${condition} `
  return { sql: `SELECT ${given} FROM (${query}) q ${where}ORDER BY ${columns.join(', ')} ${end}`, parameters }
}

/** The greatest value of a column, as `greatest`. */
export function greatestOf(query: string, column: string): string {
  return `SELECT MAX(${column}) AS greatest FROM (${query}) q`
}

/** The row of a query with this key. */
export function rowAt(query: string, columns: readonly string[], key: readonly Parameter[]): Query {
  return {
    sql: `SELECT * FROM (${query}) q WHERE ${columns.map((column) => `${column} = ?`).join(' AND ')}`,
    parameters: key,
  }
}

/** No row of a query: it only shows whether the database understands it. */
export function nothingOf(query: string): Query {
  return { sql: `SELECT * FROM (${query}) q WHERE 1 = 0`, parameters: [] }
}

/** The children of some records, in the order of their lists. */
export function childrenOf(
  child: { readonly query: string; readonly of: string; readonly order: readonly string[] },
  keys: readonly Parameter[],
): Query {
  const marks = keys.map(() => '?').join(', ')
  return {
    sql: `SELECT * FROM (${child.query}) q WHERE ${child.of} IN (${marks}) ORDER BY ${[child.of, ...child.order].join(', ')}`,
    parameters: keys,
  }
}

const nothing = { condition: '', parameters: [] as readonly Parameter[] }

/** `a >= ? AND (a > ? OR (b > ? OR (b = ? AND …)))` */
function beyond(
  columns: readonly string[],
  { values, included }: Place,
): { condition: string; parameters: readonly Parameter[] } {
  const [column, ...rest] = columns
  const [value, ...others] = values
  if (column === undefined || value === undefined) return nothing
  if (rest.length === 0) return { condition: `${column} ${included ? '>=' : '>'} ?`, parameters: [value] }
  const inner = beyond(rest, { values: others, included })
  return {
    condition: `${column} >= ? AND (${column} > ? OR (${inner.condition}))`,
    parameters: [value, value, ...inner.parameters],
  }
}
