import {
  allHandlersFinished,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  isCancellation,
  log,
  ParentClosePolicy,
  patched,
  proxyActivities,
  setHandler,
  sleep,
  startChild,
  workflowInfo,
} from '@temporalio/workflow'
import type { ConnectionInput } from '../doorbell.ts'
import { initialUpload } from '../initial-upload/workflow.ts'
import { initialUploadWorkflowId, ringSignalName, runNowSignalName } from '../names.ts'
import type { ConnectionActivities, LaneResult } from './activities.ts'

export const ringSignal = defineSignal(ringSignalName)
export const runNowSignal = defineSignal(runNowSignalName)
/** What the connection is doing; what it has done stands in the database. */
export const doingQuery = defineQuery<'working' | 'waiting' | 'paused'>('doing')

const { readPlatform } = proxyActivities<Pick<ConnectionActivities, 'readPlatform'>>({
  startToCloseTimeout: '3 minutes',
  heartbeatTimeout: '5 seconds',
  // An end, so that live changes go on while only reading does not work.
  retry: { initialInterval: '200 milliseconds', backoffCoefficient: 2, maximumAttempts: 3 },
})

const { runLane } = proxyActivities<Pick<ConnectionActivities, 'runLane'>>({
  // A pass takes seconds; a preview of a large store takes as long as its first matching.
  startToCloseTimeout: '1 hour',
  heartbeatTimeout: '5 seconds',
  // Without end: an outage of the database or the platform passes. What needs a person is not retryable.
  retry: { initialInterval: '200 milliseconds', backoffCoefficient: 2, maximumInterval: '1 minute' },
})

const pausedWait = 24 * 60 * 60_000

/**
 * Synchronizes one connection for as long as it lives (CO-02): wakes by a ring or when something falls due, one live pass at a
 * time. Holds ids only. Whether it is paused, what is due and how far it is stand in the database, so that a Temporal that
 * lost everything goes on from the next ring.
 */
export async function connection(input: ConnectionInput): Promise<void> {
  let rung = true
  let wanted = false
  let doing: 'working' | 'waiting' | 'paused' = 'working'
  const ring = () => {
    rung = true
  }
  const upload = { running: false }
  setHandler(ringSignal, ring)
  setHandler(runNowSignal, () => {
    rung = true
    wanted = true
  })
  setHandler(doingQuery, () => doing)

  for (;;) {
    rung = false
    doing = 'working'
    const pass = await attempt(() => runLane({ ...input, lane: 'live' }))
    if (pass?.state === 'gone') return
    if (pass && pass.state === 'active' && (pass.readPlatform || wanted)) {
      wanted = false
      // What was read waits in the inbox. What could not be read is due again by itself.
      if ((await attempt(() => readWhole(input))) !== null) rung = true
    }
    if (pass?.backfill) await startUpload(input, upload, ring)
    if (workflowInfo().continueAsNewSuggested && allHandlersFinished()) await continueAsNew<typeof connection>(input)
    doing = pass?.state === 'active' ? 'waiting' : 'paused'
    if (!rung && !pass?.more) await condition(() => rung, waitOf(pass))
  }
}

/** Null when it did not work out: a person has to act first, or it is tried again when it is due. */
async function attempt<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work()
  } catch (error) {
    if (isCancellation(error)) throw error
    log.warn('an activity was given up')
    return null
  }
}

async function readWhole(input: ConnectionInput): Promise<void> {
  let page = await readPlatform(input)
  while (!page.done) {
    if (page.waitMs > 0) await sleep(page.waitMs)
    page = await readPlatform({ ...input, ...(page.at && { at: page.at }) })
  }
}

/**
 * A bulk has a workflow of its own; one at a time, which may outlive this one's history.
 * @param ring has the connection looked at once it is done: rows may have come just as it ended
 */
async function startUpload(input: ConnectionInput, upload: { running: boolean }, ring: () => void): Promise<void> {
  if (upload.running) return
  try {
    const child = await startChild(initialUpload, {
      args: [input],
      workflowId: initialUploadWorkflowId(input.connectionId),
      parentClosePolicy: ParentClosePolicy.ABANDON,
    })
    upload.running = true
    const ended = () => {
      upload.running = false
    }
    const done = () => {
      ended()
      if (patched('look-when-the-upload-is-done')) ring()
    }
    // One that failed is not begun again at once: it would fail again.
    child.result().then(done, ended)
  } catch (error) {
    if (isCancellation(error)) throw error
    // It runs already, started by this connection's earlier history.
    log.info('the upload is running already')
  }
}

function waitOf(pass: LaneResult | null): number {
  if (pass === null || pass.state !== 'active') return pausedWait
  return Math.max(20, pass.waitMs ?? pausedWait)
}
