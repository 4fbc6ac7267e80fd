import type { ConnectionActivities, ConnectionInput, LaneResult, ReadResult } from '@jumpring/workflows'
import { ringSignalName, runNowSignalName } from '@jumpring/workflows'
import type { WorkflowHandle } from '@temporalio/client'

/** Made-up ids: a history holds ids and counts only. */
export const input: ConnectionInput = {
  tenantId: '00000000-0000-4000-8000-00000000000a',
  connectionId: '00000000-0000-4000-8000-00000000000b',
}

const idle: LaneResult = {
  state: 'active',
  more: false,
  backfill: false,
  readPlatform: false,
  waitMs: 900_000,
}
const gone: LaneResult = { ...idle, state: 'gone' }

/** A course of events for a workflow: what its activities answer, one after the other, and what happens to it. The last answer ends it. */
export interface Scenario {
  readonly name: string
  readonly workflow: 'connection' | 'initialUpload'
  readonly live?: readonly Partial<LaneResult>[]
  readonly backfill?: readonly Partial<LaneResult>[]
  readonly reads?: readonly (ReadResult | { readonly fails: string })[]
  readonly drive?: (handle: WorkflowHandle) => Promise<void>
}

/** A ring is for the pass after the one that paused. */
async function ringWhenPaused(handle: WorkflowHandle): Promise<void> {
  while ((await handle.query('doing')) !== 'paused');
  await handle.signal(ringSignalName)
}

export const scenarios: readonly Scenario[] = [
  {
    name: 'first-upload',
    workflow: 'connection',
    live: [{ readPlatform: true }, { more: true }, { backfill: true, waitMs: 50 }, { waitMs: 50 }, gone],
    reads: [
      { done: false, waitMs: 20, at: { cursor: 'page-2' } },
      { done: true, waitMs: 0 },
    ],
    backfill: [{ backfill: true, waitMs: 100 }, { backfill: false }],
  },
  {
    name: 'outage-and-back',
    workflow: 'connection',
    live: [{ waitMs: 100 }, { waitMs: 200 }, { waitMs: 30 }, gone],
  },
  {
    name: 'paused-until-rung',
    workflow: 'connection',
    live: [{ state: 'paused' }, gone],
    drive: ringWhenPaused,
  },
  {
    name: 'credentials-refused-while-reading',
    workflow: 'connection',
    live: [{ readPlatform: true, waitMs: 50 }, { state: 'paused' }, gone],
    reads: [{ fails: 'auth' }],
    drive: ringWhenPaused,
  },
  {
    name: 'run-now',
    workflow: 'connection',
    live: [{ waitMs: 300 }, { waitMs: 300 }, gone],
    reads: [{ done: true, waitMs: 0 }],
    drive: (handle) => handle.signal(runNowSignalName),
  },
  {
    name: 'upload-with-outage',
    workflow: 'initialUpload',
    backfill: [{ backfill: true, waitMs: 100 }, { backfill: true, waitMs: 200 }, {}],
  },
  { name: 'upload-paused', workflow: 'initialUpload', backfill: [{ state: 'paused', backfill: true }] },
]

/** Activities that answer as the scenario says; `refuse` makes the failure that needs a person. */
export function scriptedActivities(scenario: Scenario, refuse: (code: string) => Error): ConnectionActivities {
  const answers = { live: [...(scenario.live ?? [])], backfill: [...(scenario.backfill ?? [])] }
  const reads = [...(scenario.reads ?? [])]
  return {
    runLane: async ({ lane }) => ({ ...idle, ...(answers[lane].shift() ?? gone) }),
    readPlatform: async () => {
      const answer = reads.shift() ?? { done: true, waitMs: 0 }
      if ('fails' in answer) throw refuse(answer.fails)
      return answer
    },
  }
}
