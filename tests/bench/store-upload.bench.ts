import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { z } from 'zod'
import { aimed } from './support/figures.ts'
import { withSystem } from './support/system.ts'

/** With three years of history: about 60,000 lines of sales and 5,000 items. */
const customers = 20_000
const patienceMs = 20 * 60_000

/**
 * The first upload of a whole store, every stream of it, from the full export in the Inbox until nothing of it is left to do, without
 * the platform's rate limit; and what agent, api and worker needed of memory at most.
 */
export function bench(): Promise<Record<string, unknown>> {
  return withSystem(
    customers,
    async ({ stack, sandbox, exportAll, startAgent, phase }) => {
      const owner = new pg.Client({ connectionString: stack.database.ownerUrl })
      await owner.connect()
      try {
        await exportAll()
        const started = performance.now()
        await startAgent()
        const memory = watchMemory(join(stack.dir, 'run'), ['agent', 'api', 'worker'])
        const isDone = async () => (await phase()) === 'live' && (await left(owner)) === 0
        await stack.waitFor(isDone, { what: 'the store to be uploaded', timeout: patienceMs })
        const seconds = (performance.now() - started) / 1000
        const { rows } = await owner.query(
          'SELECT kind, count(*)::int AS records FROM record GROUP BY kind ORDER BY kind',
        )
        const requests = callsSchema.parse(await sandbox.get('/state/podium/requests'))
        const calls = Object.values(requests).flatMap((byStatus) => Object.values(byStatus))
        const records = rows.reduce((sum: number, row) => sum + row.records, 0)
        const total = calls.reduce((sum, count) => sum + count, 0)
        return {
          records: Object.fromEntries(rows.map((row) => [row.kind, row.records])),
          minutes: Number((seconds / 60).toFixed(1)),
          recordsPerSecond: Math.round(records / seconds),
          callsPerRecord: aimed(total / records, '≤', 1),
          peakMegabytes: await memory(),
        }
      } finally {
        await owner.end()
      }
    },
    { whole: true },
  )
}

const callsSchema = z.record(z.string(), z.record(z.string(), z.number()))

/** What waits for a customer who never goes up (inactive, without phone and e-mail) is done. */
async function left(owner: pg.Client): Promise<number> {
  const { rows } = await owner.query(
    `SELECT (SELECT count(*) FROM pending WHERE not_before < 'infinity')::int + (SELECT count(*) FROM effect WHERE status = 'prepared')::int AS left`,
  )
  return rows[0].left
}

/** Looks at the processes' greatest resident size until it is asked for it. Linux only. */
function watchMemory(runFolder: string, names: readonly string[]): () => Promise<Record<string, number>> {
  const peaks = new Map<string, number>()
  let stopped = false
  const watching = (async () => {
    while (!stopped) {
      for (const name of names) {
        const pid = await readFile(join(runFolder, `${name}.pid`), 'utf8').catch(() => null)
        const status = pid && (await readFile(`/proc/${pid}/status`, 'utf8').catch(() => null))
        const kilobytes = status && /VmHWM:\s+(\d+)/.exec(status)?.[1]
        if (kilobytes) peaks.set(name, Math.round(Number(kilobytes) / 1024))
      }
      await wait(500)
    }
  })()
  return async () => {
    stopped = true
    await watching
    return Object.fromEntries(peaks)
  }
}
