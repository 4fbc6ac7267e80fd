import { randomUUID } from 'node:crypto'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { createTestTenant } from '../support/tenant.ts'
import { aimed, percentile } from './support/figures.ts'
import { type BenchSystem, contactWrites, withSystem } from './support/system.ts'

const bigStore = 100_000
const smallStores = 20
const changesEach = 5
const patienceMs = 60_000
const lookEveryMs = 20

/**
 * Small stores beside a big one: how long a change of one of 20 small stores takes to be accepted by the platform, first alone, then
 * while a store of 100,000 customers makes its first upload.
 */
export function bench(): Promise<Record<string, unknown>> {
  return withSystem(bigStore, async (system) => {
    const watch = watchAccepted(system.stack.database.ownerUrl)
    try {
      const stores = []
      for (let number = 0; number < smallStores; number++) stores.push(await openStore(system, watch, number))
      const alone = await changesOf(stores)
      await system.exportAll()
      await system.startAgent()
      while ((await contactWrites(system.sandbox)).accepted < smallStores * (changesEach + 1) + 1000) await wait(100)
      const beside = await changesOf(stores)
      const uploaded = (await contactWrites(system.sandbox)).accepted
      if (uploaded >= bigStore) throw new Error('The big store was done before the small ones were.')
      const [p95Alone, p95Beside] = [percentile(alone, 0.95), percentile(beside, 0.95)]
      return {
        smallStores,
        changes: alone.length,
        p95AloneMs: Math.round(p95Alone),
        p95BesideMs: Math.round(p95Beside),
        besideAgainstAlone: aimed(p95Beside / p95Alone, '≤', 1.5),
      }
    } finally {
      await watch.end()
    }
  })
}

/** How many of a connection's writes the platform has accepted. */
interface Watch {
  accepted(connectionId: string): number
  end(): Promise<void>
}

/** Asks for all stores at once: a question of each store's own would keep the database busier than what is measured. */
function watchAccepted(databaseUrl: string): Watch {
  const owner = new pg.Pool({ connectionString: databaseUrl, max: 1 })
  let counts = new Map<string, number>()
  const look = async () => {
    const { rows } = await owner.query<{ connection_id: string; done: number }>(
      `SELECT c.id AS connection_id, (SELECT count(*)::int FROM effect e WHERE e.connection_id = c.id AND e.status = 'done') AS done
       FROM connection c ORDER BY c.created_at DESC LIMIT $1`,
      [smallStores],
    )
    counts = new Map(rows.map(({ connection_id, done }) => [connection_id, done]))
  }
  const ended = new AbortController()
  const looking = (async () => {
    while (!ended.signal.aborted) {
      await look()
      await wait(lookEveryMs)
    }
  })()
  return {
    accepted: (connectionId) => counts.get(connectionId) ?? 0,
    end: async () => {
      ended.abort()
      await looking
      await owner.end()
    },
  }
}

interface SmallStore {
  /** Gives its one customer another phone; how many milliseconds until the platform has accepted it. */
  change(): Promise<number>
}

async function openStore({ stack }: BenchSystem, watch: Watch, number: number): Promise<SmallStore> {
  const tenant = await createTestTenant(stack)
  // EDT: the folder is called after the store's license id, which is every test store's.
  const edtFolder = join(stack.dir, `small-${number}`, 'JR-0001')
  const inbox = join(edtFolder, 'Inbox')
  await mkdir(inbox, { recursive: true })
  let phone = number * 1000
  const write = async (full: boolean) => {
    phone += 1
    const PhonePhone = `212${String(5_550_000 + phone).padStart(7, '0')}`
    const PairValue = {
      CustomerLastName: 'Lindqvist',
      Phones: [{ Key: 'Cell', PairValue: { PhoneType: 'Cell', PhonePhone } }],
    }
    const stamp = new Date().toISOString().slice(0, 19).replace(/[T:]/g, '-')
    const name = `${stamp}-${full ? 'FULL' : ''}CustomerList.json`
    const made = join(edtFolder, randomUUID())
    await writeFile(made, JSON.stringify({ Customers: [{ Key: '001-00001', PairValue }] }))
    await rename(made, join(inbox, name))
  }
  const change = async (full = false) => {
    const before = watch.accepted(tenant.connectionId)
    await write(full)
    const started = performance.now()
    while (watch.accepted(tenant.connectionId) === before) {
      if (performance.now() - started > patienceMs) throw new Error(`A change of small store ${number} did not arrive.`)
      await wait(5)
    }
    return performance.now() - started
  }
  await stack.addAgent({
    name: `agent-small-${number}`,
    code: await tenant.enrollmentCode(),
    license: await tenant.license(),
    edtFolder,
  })
  await change(true)
  return { change: () => change() }
}

/** All stores at once, each one change after the other; a second apart, for an export's name has whole seconds. */
async function changesOf(stores: readonly SmallStore[]): Promise<number[]> {
  const times = await Promise.all(
    stores.map(async (store, index) => {
      const mine: number[] = []
      await wait(index * 50)
      for (let count = 0; count < changesEach; count++) {
        mine.push(await store.change())
        await wait(1000)
      }
      return mine
    }),
  )
  return times.flat()
}
