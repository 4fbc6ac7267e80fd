import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Place, pageOf } from './paging.ts'

const query = 'SELECT a, b, c FROM t'
const columns = ['a', 'b', 'c']

test('pages show every row once, in order, whatever their size', () => {
  const small = fc.integer({ min: 0, max: 3 })
  const rows = fc.uniqueArray(fc.tuple(small, small, small), { selector: (row) => row.join() })
  fc.assert(
    fc.property(rows, fc.integer({ min: 1, max: 5 }), (given, size) => {
      const db = new DatabaseSync(':memory:')
      db.exec('CREATE TABLE t (a, b, c)')
      const insert = db.prepare('INSERT INTO t VALUES (?, ?, ?)')
      for (const row of given) insert.run(...row)
      const read: number[][] = []
      for (let place: Place | undefined, more = true; more; ) {
        const { sql, parameters } = pageOf(query, columns, place, { rows: size, form: 'limit' })
        const page = db
          .prepare(sql)
          .all(...parameters)
          .map(({ a, b, c }) => [Number(a), Number(b), Number(c)])
        read.push(...page)
        place = { values: page.at(-1) ?? [], included: false }
        more = page.length === size
      }
      db.close()
      expect(read).toEqual([...given].sort((one, other) => Number(one.join('')) - Number(other.join(''))))
    }),
  )
})

test('SQL Server’s form limits rows its own way', () => {
  const { sql } = pageOf('SELECT a FROM t', ['a'], { values: [7], included: true }, { rows: 5, form: 'fetch' })
  expect(sql).toBe('SELECT * FROM (SELECT a FROM t) q WHERE a >= ? ORDER BY a OFFSET 0 ROWS FETCH NEXT 5 ROWS ONLY')
})
