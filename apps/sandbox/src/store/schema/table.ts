/** What a column holds. Numbers and money may hold text that is none: The Edge's screens let it in. */
export type ColumnType = 'text' | 'memo' | 'integer' | 'number' | 'money' | 'flag' | 'time'

/** A value as EDT's JSON has it. Times are the store's own, `YYYY-MM-DDThh:mm:ss`. */
export type Value = string | number | boolean | null

export type Table<Column extends string = string> = {
  readonly name: string
  readonly columns: Readonly<Record<Column, ColumnType>>
  /** The primary key. */
  readonly key: readonly NoInfer<Column>[]
  /** The columns that move with each change; a child's are its owner's. */
  readonly stamp?: { readonly seq: NoInfer<Column>; readonly date: NoInfer<Column> }
  /** Columns that EDT's files do not have. */
  readonly notInEdt?: readonly NoInfer<Column>[]
  /** Further indexes: the columns of each. */
  readonly indexes?: readonly (readonly NoInfer<Column>[])[]
}

/** A row of a table, whole. */
export type RowOf<T> = T extends Table<infer Column> ? Record<Column, Value> : never

/** A table, its columns' names kept for the compiler. */
export function table<Column extends string>(definition: Table<Column>): Table<Column> {
  return definition
}

/** EDT: the update stamp that each record carries. */
export function stamps<Prefix extends string>(prefix: Prefix) {
  const columns = {
    [`${prefix}UpdateSeq`]: 'integer',
    [`${prefix}UpdateDate`]: 'time',
    [`${prefix}UpdateStore`]: 'integer',
    [`${prefix}UpdateStation`]: 'integer',
    [`${prefix}UpdateUser`]: 'text',
    [`${prefix}Xfer`]: 'flag',
  }
  type Part = 'UpdateSeq' | 'UpdateDate' | 'UpdateStore' | 'UpdateStation' | 'UpdateUser' | 'Xfer'
  return columns as Record<`${Prefix}${Part}`, ColumnType>
}

const emptyRows = new Map<Table, object>()

/** A row with nothing in it: empty texts, unset flags, and stamps of a first write. */
export function emptyRow<Column extends string>(table: Table<Column>): Record<Column, Value> {
  let row = emptyRows.get(table)
  if (!row) {
    row = makeEmptyRow(table)
    emptyRows.set(table, row)
  }
  return { ...row } as Record<Column, Value>
}

function makeEmptyRow({ columns, stamp }: Table): object {
  const row: Record<string, Value> = {}
  for (const [name, type] of Object.entries<ColumnType>(columns)) row[name] = empty(name, type)
  if (stamp) row[stamp.seq] = 1
  return row
}

function empty(name: string, type: ColumnType): Value {
  if (/Update(Store|Station)$/.test(name)) return 1
  if (/UpdateUser$/.test(name)) return 'POS'
  if (type === 'flag') return false
  return type === 'text' || type === 'memo' ? '' : null
}

/** Declared so that SQLite keeps text that is no number, and that an ODBC driver gives money as text, unrounded. */
const sqlTypes: Record<ColumnType, string> = {
  text: 'VARCHAR(255)',
  memo: 'TEXT',
  integer: 'INTEGER',
  number: 'DECIMAL(12,4)',
  money: 'DECIMAL(12,2)',
  flag: 'BOOLEAN',
  time: 'VARCHAR(19)',
}

/** The statements that make a table and its indexes where they are missing. */
export function createTable({ name, columns, key, stamp, indexes = [] }: Table): string {
  const lines = Object.entries(columns).map(([column, type]) => `${column} ${sqlTypes[type]}`)
  const wanted = stamp ? [[stamp.date], ...indexes] : indexes
  return [
    `CREATE TABLE IF NOT EXISTS ${name} (${[...lines, `PRIMARY KEY (${key.join(', ')})`].join(', ')});`,
    ...wanted.map((on) => `CREATE INDEX IF NOT EXISTS ${name}_${on.join('_')} ON ${name} (${on.join(', ')});`),
  ].join('\n')
}
