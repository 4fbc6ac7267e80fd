import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'
import { createTestTenant } from '../support/tenant.ts'
import { aimed, percentile } from './support/figures.ts'
import { layLine } from './support/line.ts'
import { type BenchSystem, contactWrites, withSystem } from './support/system.ts'

const bigStore = 100_000
const smallStores = 20
const changesEach = 5
const patienceMs = 60_000
const lookEveryMs = 20
const pauseMs = 5000

/** Podium docs: calls a minute of one account. */
const podiumLimit = 300
/** So long that the platform's minute begins anew meanwhile. */
const changesOfMinutes = 16

/**
 * Small stores beside a big one: how long a change of one of 20 small stores takes to be accepted by the platform, first alone, then
 * while a store of 100,000 customers makes its first upload: into the cloud, and from there to the platform, which has its usual limit.
 * Then once more without a limit, which no platform grants. The machine of the big store's agent is the store's: here it has read the
 * export before its line to the cloud is up, and is at the lowest priority.
 */
export function bench(): Promise<Record<string, unknown>> {
  return withSystem(bigStore, async (system) => {
    const watch = watchSystem(system.stack.database.ownerUrl)
    try {
      const limit = (rateLimit: number) => system.sandbox.post('/control/podium/settings', { rateLimit })
      await limit(podiumLimit)
      const stores: SmallStore[] = []
      for (let number = 0; number < smallStores; number++) stores.push(await openStore(system, watch, number))
      const p95 = async (goesOn: (made: number) => boolean) => percentile(await changesOf(stores, goesOn), 0.95)
      const alone = await p95((made) => made < changesEach)
      const line = await layLine(system.stack.addresses.api)
      await system.startAgent(line.url)
      await standsBack(system)
      line.cut()
      await system.exportAll()
      while ((await readdir(system.inbox)).length > 0) await wait(100)
      line.mend()
      while (watch.takenIn() < 1000) await wait(100)
      const besideIngest = await p95(() => watch.takenIn() < bigStore)
      const written = async () => (await contactWrites(system.sandbox)).accepted
      const before = await written()
      const besideUpload = await p95((made) => made < changesOfMinutes)
      const uploaded = (await written()) - before - smallStores * changesOfMinutes
      await limit(0)
      const besideUnlimited = await p95((made) => made < changesEach)
      line.close()
      if ((await system.phase()) !== 'initial') throw new Error('The big store was done before the small ones were.')
      return {
        smallStores,
        p95AloneMs: Math.round(alone),
        p95BesideIngestMs: Math.round(besideIngest),
        p95BesideUploadMs: Math.round(besideUpload),
        uploadedMeanwhile: uploaded,
        p95BesideUnlimitedUploadMs: Math.round(besideUnlimited),
        besideIngestAgainstAlone: aimed(besideIngest / alone, '≤', 1.5),
        besideUploadAgainstAlone: aimed(besideUpload / alone, '≤', 1.5),
      }
    } finally {
      await watch.end()
    }
  })
}

/** How many of a connection's writes the platform has accepted. */
interface Watch {
  accepted(connectionId: string): number
  /** How many customers of the largest store are in the cloud. */
  takenIn(): number
  end(): Promise<void>
}

/** Asks for all stores at once: a question of each store's own would keep the database busier than what is measured. */
function watchSystem(databaseUrl: string): Watch {
  const owner = new pg.Pool({ connectionString: databaseUrl, max: 1 })
  let counts = new Map<string, number>()
  let takenIn = 0
  const look = async () => {
    const { rows } = await owner.query<{ connection_id: string; done: number }>(
      `SELECT c.id AS connection_id, (SELECT count(*)::int FROM effect e WHERE e.connection_id = c.id AND e.status = 'done') AS done
       FROM connection c ORDER BY c.created_at DESC LIMIT $1`,
      [smallStores],
    )
    const largest = await owner.query<{ records: number }>('SELECT max(acked)::int AS records FROM agent')
    takenIn = largest.rows[0]?.records ?? 0
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
    takenIn: () => takenIn,
    end: async () => {
      ended.abort()
      await looking
      await owner.end()
    },
  }
}

/** The big store's agent gets what of this machine nobody else wants: its own machine is the store's. */
async function standsBack({ stack }: BenchSystem): Promise<void> {
  // Each app leads a process group of its own; by the group all its threads are met.
  const group = await readFile(join(stack.dir, 'run', 'agent.pid'), 'utf8')
  await promisify(execFile)('renice', ['-n', '19', '-g', group])
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

/** All stores at once, each a change every five seconds: more than a shop has at its busiest. */
async function changesOf(stores: readonly SmallStore[], goesOn: (made: number) => boolean): Promise<number[]> {
  const times = await Promise.all(
    stores.map(async (store, index) => {
      const mine: number[] = []
      await wait((index * pauseMs) / smallStores)
      while (goesOn(mine.length)) {
        mine.push(await store.change())
        await wait(pauseMs)
      }
      return mine
    }),
  )
  return times.flat()
}
