import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { pairValue } from '../customer.ts'
import { withLists } from '../customers.ts'
import type { Rows } from '../rows.ts'
import type { Table, Value } from '../schema/table.ts'
import {
  Activity,
  Appointment,
  Customer,
  Item,
  Job,
  Notes,
  Notification,
  OtherKey,
  Sale,
  Saleline,
  Stone,
  tables,
  Wishlist,
} from '../schema/tables.ts'
import type { Store } from '../store.ts'
import { found } from '../till/refusal.ts'
import { fieldsOf } from './fields.ts'

const tableParam = z.object({ table: z.string() })
type Row = Record<string, Value>

/** All records as JSON, unpaged, and a way to write any row as it is. */
export function addRowRoutes(app: FastifyInstance, store: Store): void {
  const list = (name: string, table: Table, order: string, view: (rows: Rows, row: Row) => unknown = (_, row) => row) =>
    app.get(`/state/store/${name}`, async (_request, reply) =>
      reply.type('application/json').send(Readable.from(asJson(store, table, order, view))),
    )
  list('customers', Customer, 'CustomerStoreId, Customerid', (rows, row) => ({
    Key: row.CustomerKey,
    PairValue: pairValue(withLists(rows, row)),
  }))
  list('items', Item, 'ItemKey', (rows, row) => ({
    ...row,
    stones: rows.find(Stone, 'StoneItemKey = ?', keyOf(row.ItemKey)),
  }))
  list('sales', Sale, 'SaleStoreId, SaleId', (rows, row) => ({
    ...row,
    lines: rows.find(Saleline, 'SalelineSaleKey = ? ORDER BY SalelineLineNo', keyOf(row.SaleKey)),
  }))
  list('jobs', Job, 'JobId')
  list('appointments', Appointment, 'rowid')
  list('notifications', Notification, 'rowid')
  list('wishes', Wishlist, 'rowid')
  list('notes', Notes, 'rowid')
  list('activities', Activity, 'rowid')
  list('other-keys', OtherKey, 'OtherKeyNo')

  app.get('/state/store/rows/:table', async (request, reply) => {
    const table = tableOf(request.params)
    return reply.type('application/json').send(Readable.from(asJson(store, table, 'rowid', (_, row) => row)))
  })
  /** A row as it is given, in place of the one with its key: for what no till would do. The stamp moves unless it is given. */
  app.post('/control/store/rows/:table', async (request) => {
    const table = tableOf(request.params)
    const fields = fieldsOf(table).parse(request.body)
    const key = table.key.map((column) => keyOf(fields[column]))
    const row = store.database.update(table, key, fields) ?? store.database.insert(table, fields)
    store.exporter.changed()
    return row
  })
}

function tableOf(params: unknown): Table {
  const { table } = tableParam.parse(params)
  return found(
    tables.find(({ name }) => name === table),
    `table ${table}`,
  )
}

function keyOf(value: Value | undefined): Value {
  return value ?? null
}

function* asJson(
  store: Store,
  table: Table,
  order: string,
  view: (rows: Rows, row: Row) => unknown,
): Generator<string> {
  const rows = store.database.snapshot()
  try {
    let between = '['
    for (const row of rows.each(table, `1 ORDER BY ${order}`)) {
      yield `${between}${JSON.stringify(view(rows, row))}`
      between = ',\n'
    }
    yield between === '[' ? '[]' : ']'
  } finally {
    rows.close()
  }
}
