import { type UplinkLine, uplinkLineSchema } from '@jumpring/contracts'
import { pino } from 'pino'
import { afterEach, beforeEach } from 'vitest'
import { StoreFolder } from '../../../tests/store.ts'
import { Bell } from '../../bell.ts'
import { Gate } from '../../edt/gate.ts'
import { openStore, type Store } from '../../store/store.ts'
import { storeSettingsSchema } from '../../store-settings.ts'
import { planOf, type SqlConfig } from '../config.ts'
import { mappingSchema, readMapping } from '../mapping-file.ts'
import { runSql } from '../source.ts'
import { tablesOf } from './tables.ts'

/** A database of a test's own, as the store itself works in it. */
export interface EdgeUnderTest {
  readonly config: SqlConfig
  exec(sql: string): Promise<void>
  rows(sql: string): Promise<Record<string, unknown>[]>
  close(): Promise<void>
}

/** A kind of database by a driver. `open` makes a new, empty one in the folder. */
export interface DriverUnderTest {
  readonly name: string
  /** How it calls a column of times, and of yes and no. */
  readonly types: { readonly time: string; readonly flag: string }
  /** What it takes between date and time. */
  readonly times: 'T' | 'blank'
  /** An SQL value of a number that the driver cannot give; `NULL` where there is none. */
  readonly outOfReach: string
  open(folder: string): Promise<EdgeUnderTest>
}

export type Kind = NonNullable<SqlConfig['kinds']>[number]
type Upsert = Extract<UplinkLine, { op: 'upsert' }>

/** A store's database, and the agent that reads it, for each test anew. */
export interface SourceUnderTest {
  readonly edge: EdgeUnderTest
  /** The agent's memory. */
  readonly store: Store
  /** Looks often and in small pages. @returns what to ring when there is a command */
  start(kinds: Kind[], mappingChange?: object): Bell
  stop(): Promise<void>
  /** All that waits for the cloud. */
  lines(): UplinkLine[]
  upserts(): Upsert[]
  shown(kind: string): Upsert[]
  insert(table: string, row: Record<string, string | number | null>): Promise<void>
}

export const patience = { timeout: 10_000, interval: 20 }

/** To be called where tests are described. */
export function sourceUnderTest(driver: DriverUnderTest): SourceUnderTest {
  let folder: StoreFolder
  let store: Store
  let edge: EdgeUnderTest
  let stopRunning: (() => Promise<void>) | undefined

  beforeEach(async () => {
    folder = new StoreFolder()
    store = openStore(folder.data)
    edge = await driver.open(folder.root)
    for (const table of tablesOf(driver.types)) await edge.exec(table)
  })
  const stop = async () => {
    await stopRunning?.()
    stopRunning = undefined
  }
  afterEach(async () => {
    await stop()
    store.db.close()
    await edge.close()
    folder.remove()
  })

  const lines = () =>
    [...store.spool.pages(1000, 10_000_000)].flat().map((line) => uplinkLineSchema.parse(JSON.parse(line)))
  const upserts = () => lines().filter((line): line is Upsert => line.op === 'upsert')
  return {
    get edge() {
      return edge
    },
    get store() {
      return store
    },
    start: (kinds, mappingChange = {}) => {
      const plan = planOf({ ...edge.config, kinds })
      const usual = readMapping()
      const streams = Object.entries(usual.streams).map(([kind, stream]) => [kind, { ...stream, everySeconds: 0.1 }])
      const mapping = mappingSchema.parse({
        ...usual,
        streams: Object.fromEntries(streams),
        pageRows: 2,
        ...mappingChange,
      })
      const stopping = new AbortController()
      const settings = storeSettingsSchema.parse({ region: 'US', timeZone: 'America/New_York' })
      const changes = new Bell()
      const nothing = () => undefined
      const gate = new Gate(nothing)
      const log = pino({ level: 'silent' })
      const parts = { ...plan, mapping, store, settings, log, changes, gate, onCommit: nothing, onLabels: nothing }
      const running = runSql(parts, stopping.signal)
      stopRunning = () => {
        stopping.abort()
        return running
      }
      return changes
    },
    stop,
    lines,
    upserts,
    shown: (kind) => upserts().filter((line) => line.kind === kind),
    insert: (table, row) =>
      edge.exec(`INSERT INTO ${table} (${Object.keys(row).join()}) VALUES (${Object.values(row).map(literal).join()})`),
  }
}

function literal(value: string | number | null): string {
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value)
}
