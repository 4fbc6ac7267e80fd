import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { StoreFolder } from '../../tests/store.ts'
import { isFullyRead, sayComplete } from './completeness.ts'
import { openStore } from './store.ts'

let folder: StoreFolder
beforeEach(() => {
  folder = new StoreFolder()
})
afterEach(() => folder.remove())

/** The tables as an agent of the first version left them. */
const firstTables = `
  CREATE TABLE mirror (kind TEXT NOT NULL, key TEXT NOT NULL, raw_key TEXT, raw_hash TEXT NOT NULL, mapping_version INTEGER NOT NULL,
    payload TEXT, lists TEXT, web_id TEXT, rejected INTEGER NOT NULL, PRIMARY KEY (kind, key));
  CREATE TABLE mirror_email (email TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (email, key)) WITHOUT ROWID;
  CREATE TABLE spool (n INTEGER PRIMARY KEY, line TEXT NOT NULL);
  CREATE TABLE command (id TEXT PRIMARY KEY, wish TEXT NOT NULL, key TEXT, state TEXT NOT NULL,
    file_name TEXT, content TEXT, report TEXT, reported INTEGER NOT NULL, taken_at TEXT NOT NULL);
  CREATE TABLE state (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;`

test('a database of an earlier version goes on: its customers and open commands are found by phone and e-mail, its full export counts', () => {
  const id = randomUUID()
  const phones = [{ type: 'Cell', number: '(203) 555-0117', doNotContact: false }]
  const customer = { lastName: 'Lindqvist', phones, emails: [], addresses: [], inactive: false }
  const lists = { Phones: [], Emails: [], Addresses: [] }
  const methods = { phones: ['+12035550155'], emails: ['olaf@example.com'], addresses: [], optedOutPhones: [] }
  const wish = { do: 'createCustomer', lastName: 'Berg', ...methods }
  mkdirSync(folder.data)
  const old = new DatabaseSync(join(folder.data, 'agent.db'))
  old.exec(firstTables)
  old
    .prepare(`INSERT INTO mirror VALUES ('customer', '001-00017', '001-00017', 'x', 1, ?, ?, NULL, 0)`)
    .run(JSON.stringify(customer), JSON.stringify(lists))
  old
    .prepare(`INSERT INTO command VALUES (?, ?, NULL, 'written', 'x', 'x', NULL, 1, '2026-01-01')`)
    .run(id, JSON.stringify(wish))
  old.exec(`INSERT INTO state VALUES ('fullRead', 'true'), ('completeDue', 'false')`)
  old.close()

  const store = openStore(folder.data)
  expect(store.mirror.customersWith('+12035550117').map(({ key }) => key)).toEqual(['001-00017'])
  expect(store.commands.openWith('olaf@example.com')).toMatchObject([{ id, key: null, webId: id }])
  expect(store.commands.openForNew(id)).toHaveLength(1)
  expect([isFullyRead(store, 'customer'), isFullyRead(store, 'item'), sayComplete(store)]).toEqual([true, false, false])
  store.db.close()
})

test('in another region the same numbers are other phones', () => {
  const store = openStore(folder.data, 'US')
  const phones = [{ type: 'Cell', number: '0171 2345678', doNotContact: false }]
  const customer = { lastName: 'Lindqvist', phones, emails: [], addresses: [], inactive: false }
  const lists = { Phones: [], Emails: [], Addresses: [] }
  const origin = { rawHash: 'x', mappingVersion: 1, payload: JSON.stringify(customer) }
  store.mirror.put({ kind: 'customer', key: '001-00017', rawKey: '001-00017', record: customer, lists }, origin)
  expect(store.mirror.customersWith('+491712345678')).toEqual([])
  store.db.close()
  const again = openStore(folder.data, 'DE')
  expect(again.mirror.customersWith('+491712345678')).toHaveLength(1)
  again.db.close()
})

test('a new database that two open at once, the agent and its status, is opened by both', {
  timeout: 30_000,
}, async () => {
  mkdirSync(folder.data)
  const workerData = { folder: folder.data, rounds: 60, arrived: new Int32Array(new SharedArrayBuffer(4)) }
  const both = [1, 2].map(() => new Worker(new URL('testing/open-together.ts', import.meta.url), { workerData }))
  expect(await Promise.all(both.map((one) => once(one, 'message')))).toEqual([[0], [0]])
})
