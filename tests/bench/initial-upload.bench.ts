import { setTimeout as wait } from 'node:timers/promises'
import { aimed } from './support/figures.ts'
import { contactWrites, withSystem } from './support/system.ts'

const customers = 20_000
const lookEveryMs = 50
const patienceMs = 10 * 60_000

/**
 * The first upload of a store: from its full export in the Inbox until the platform has accepted every customer, without the
 * platform's rate limit, so that what is measured is ours (and the sandbox's own work, on the same machine).
 */
export function bench(): Promise<Record<string, unknown>> {
  return withSystem(customers, async ({ stack, sandbox, exportAll, startAgent, phase }) => {
    await exportAll()
    const started = performance.now()
    await startAgent()
    let firstAt: number | undefined
    for (;;) {
      const { accepted } = await contactWrites(sandbox)
      if (accepted > 0) firstAt ??= performance.now()
      if (accepted >= customers) break
      if (performance.now() - started > patienceMs) throw new Error(`Only ${accepted} were accepted.`)
      await wait(lookEveryMs)
    }
    const ended = performance.now()
    // What still runs may make a call too many.
    const isLive = async () => (await phase()) === 'live'
    await stack.waitFor(isLive, { what: 'the connection to say that the upload is done', timeout: 60_000 })
    const { asked } = await contactWrites(sandbox)
    const contacts = (await sandbox.contacts()).length
    if (contacts !== customers) throw new Error(`Podium shows ${contacts} contacts.`)
    return {
      customers,
      recordsPerSecond: Math.round(customers / ((ended - (firstAt ?? started)) / 1000)),
      secondsFromStartOfAgent: Number(((ended - started) / 1000).toFixed(1)),
      callsPerRecord: aimed(asked / customers, '≤', 1),
    }
  })
}
