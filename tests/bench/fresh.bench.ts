import { watch } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { aimed, percentile } from './support/figures.ts'
import { type BenchSystem, contactWrites, withSystem } from './support/system.ts'

const customers = 1000
const changes = 200
const warmUps = 5
/** How exact the end of a change is known. */
const lookEveryMs = 2
const patienceMs = 30_000

/**
 * How long a change takes from the store to the platform: from the moment its incremental file is complete in the Inbox until the
 * platform has accepted the write. One change at a time, without the platform's rate limit.
 */
export function bench(): Promise<Record<string, unknown>> {
  return withSystem(customers, async (system) => {
    const { stack, sandbox, exportAll, startAgent, phase } = system
    await exportAll()
    await startAgent()
    await stack.waitFor(async () => (await phase()) === 'live', { what: 'the first upload to end', timeout: 120_000 })
    for (let index = 0; index < warmUps; index++) await change(system, index)
    const times: number[] = []
    for (let index = 0; index < changes; index++) times.push(await change(system, warmUps + index))
    const shown = new Set((await sandbox.contacts()).flatMap(({ phoneNumbers }) => phoneNumbers))
    const lost = Array.from({ length: changes }, (_, index) => `+1${phoneOf(warmUps + index)}`).filter(
      (one) => !shown.has(one),
    )
    if (lost.length > 0) throw new Error(`Podium does not show ${lost.length} of the changes.`)
    return {
      changes,
      p50Ms: Math.round(percentile(times, 0.5)),
      p95Ms: aimed(percentile(times, 0.95), '≤', 1000),
      slowestMs: Math.round(Math.max(...times)),
    }
  })
}

/** Gives one customer another phone in the store; how many milliseconds until Podium has accepted it. */
async function change({ sandbox, inbox }: BenchSystem, index: number): Promise<number> {
  const before = (await contactWrites(sandbox)).accepted
  const key = `001-${String(index + 1).padStart(5, '0')}`
  await sandbox.post(`/store/customers/${key}/phone`, { phone: phoneOf(index) })
  const complete = fileIn(inbox)
  await sandbox.post('/store/export')
  const started = await complete
  while ((await contactWrites(sandbox)).accepted === before) {
    if (performance.now() - started > patienceMs) throw new Error(`Podium did not get change ${index}.`)
    await wait(lookEveryMs)
  }
  return performance.now() - started
}

/** The next moment at which an export gets its name in the folder, which it gets when it is complete. */
function fileIn(inbox: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const watcher = watch(inbox, (_, name) => {
      if (!name?.endsWith('CustomerList.json')) return
      watcher.close()
      resolve(performance.now())
    })
    watcher.once('error', reject)
  })
}

function phoneOf(index: number): string {
  return `2125556${String(index).padStart(3, '0')}`
}
