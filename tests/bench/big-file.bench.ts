import { fork } from 'node:child_process'
import { cp, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { agentNodeFlags } from '@jumpring/infra/local'
import { z } from 'zod'
import { aimed, median } from './support/figures.ts'

const customers = 100_000
const changed = 100
const pairs = 5

const madeSchema = z.object({ first: z.string(), second: z.string() })
const readingSchema = z.object({ ms: z.number(), records: z.number(), changed: z.number(), peakMB: z.number() })
type Reading = z.infer<typeof readingSchema>

/**
 * A full export of which little has changed: the agent's time until all of that is in its spool, durably, against one `JSON.parse`
 * of the same file. In turns, each in a process of its own; the agent has read the export before.
 */
export async function bench(): Promise<Record<string, unknown>> {
  const dir = await mkdtemp(join(tmpdir(), 'jumpring-bench-'))
  try {
    const made = await run([], 'make.ts', [join(dir, 'store'), String(customers), String(changed)])
    const { first, second } = madeSchema.parse(made)
    const known = join(dir, 'known')
    const firstReading = await read(known, first)
    const readings: Reading[] = []
    const parses: Reading[] = []
    for (let pair = 0; pair < pairs; pair++) {
      const data = join(dir, `agent-${pair}`)
      await cp(known, data, { recursive: true })
      readings.push(await read(data, second))
      parses.push(readingSchema.parse(await run([], 'parse.ts', [second])))
      await rm(data, { recursive: true })
    }
    const wrong = readings.find((reading) => reading.records !== customers || reading.changed !== changed)
    if (wrong) throw new Error(`${wrong.changed} of ${wrong.records} went into the spool.`)
    const [readMs, parseMs] = [median(readings.map(({ ms }) => ms)), median(parses.map(({ ms }) => ms))]
    return {
      customers,
      changed,
      megabytes: Math.round((await stat(second)).size / 1e6),
      pairs,
      agentMs: Math.round(readMs),
      jsonParseMs: Math.round(parseMs),
      agentAgainstJsonParse: aimed(median(readings.map(({ ms }, pair) => ms / (parses[pair]?.ms ?? ms))), '≤', 1),
      agentPeakMB: aimed(Math.max(...readings.map(({ peakMB }) => peakMB)), '≤', 120),
      jsonParsePeakMB: Math.round(median(parses.map(({ peakMB }) => peakMB))),
      firstReading: { ms: Math.round(firstReading.ms), peakMB: Math.round(firstReading.peakMB) },
    }
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

async function read(dataDir: string, file: string): Promise<Reading> {
  return readingSchema.parse(await run(agentNodeFlags, 'read.ts', [dataDir, file]))
}

/** Runs a program of the folder in a process of its own, with flags for Node; gives what it sends. */
function run(execArgv: string[], program: string, args: string[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const child = fork(join(import.meta.dirname, 'big-file', program), args, {
      execArgv,
      stdio: ['ignore', 2, 2, 'ipc'],
    })
    let sent: unknown
    child.once('message', (message) => {
      sent = message
    })
    child.once('error', reject)
    child.once('exit', (code) => (code === 0 ? resolve(sent) : reject(new Error(`${program} ended with code ${code}`))))
  })
}
