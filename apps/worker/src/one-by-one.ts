import { JumpringError } from '@jumpring/contracts'
import { addCounts, finishWork, type Lane, noCounts, postponeWork, type RunCounts, takeWork } from '@jumpring/db/engine'
import type { At } from './context.ts'
import { onConnection } from './hold.ts'
import { newLease } from './lease.ts'
import { type PreparedPage, preparePage } from './page.ts'
import { setRecordsAside } from './set-aside.ts'
import { isOfSurroundings, whereOf } from './unexpected.ts'

/** A record that brings out a fault of ours this often, with growing waits between, is set aside. */
const mostTries = 5

/**
 * Prepares a page. Where that fails by a fault of ours, records are taken one by one: the others go on, and the one that brings it out
 * is tried again some times, then set aside.
 */
export async function preparePageOrOne(at: At, lane: Lane, counts: RunCounts): Promise<PreparedPage> {
  try {
    return await prepareCounted(at, lane, counts)
  } catch (error) {
    noteFault(at, error, 'a page could not be prepared')
  }
  try {
    return await prepareCounted(at, lane, counts, 1)
  } catch (error) {
    noteFault(at, error, 'a record could not be prepared')
    if (!(await leaveFirst(at, lane, counts))) throw error
    return { lease: newLease(at), effects: [], tookAny: true, waitMs: 0 }
  }
}

/** What was undone does not count. */
async function prepareCounted(at: At, lane: Lane, counts: RunCounts, size?: number): Promise<PreparedPage> {
  const own = noCounts()
  const page = await preparePage(at, lane, own, size)
  addCounts(counts, own)
  return page
}

function noteFault({ deps, connection }: At, error: unknown, what: string): void {
  if (isOfSurroundings(error)) throw error
  deps.log.error({ connectionId: connection.id, ...whereOf(error) }, what)
}

/** Leaves the lane's first record for later, or sets it aside. False when there is none: it was not a record. */
async function leaveFirst(before: At, lane: Lane, counts: RunCounts): Promise<boolean> {
  const left = await onConnection(before, async (sql, at) => {
    const { id } = at.connection
    const [first] = (await takeWork(sql, id, lane, 1)).items
    if (!first) return false
    if ((await postponeWork(sql, id, first)) < mostTries) return true
    await setRecordsAside(sql, at, [first], new JumpringError('unexpected'), counts)
    await finishWork(sql, id, [first])
    return true
  })
  return left ?? true
}
