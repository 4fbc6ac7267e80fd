import type {
  ConnectionActivities,
  ConnectionInput,
  LaneResult,
  LicenseActivities,
  LicenseInput,
  LicenseState,
  ReadResult,
} from '@jumpring/workflows'
import { ringSignalName, runNowSignalName } from '@jumpring/workflows'
import type { WorkflowHandle } from '@temporalio/client'

/** Made-up ids: a history holds ids and counts only. */
export const input: ConnectionInput & LicenseInput = {
  tenantId: '00000000-0000-4000-8000-00000000000a',
  connectionId: '00000000-0000-4000-8000-00000000000b',
  licenseId: '00000000-0000-4000-8000-00000000000d',
}

const idle: LaneResult = {
  state: 'active',
  more: false,
  backfill: false,
  readPlatform: false,
  waitMs: 900_000,
}
const day = 24 * 60 * 60_000
const gone: LaneResult = { ...idle, state: 'gone' }

/** A course of events for a workflow: what its activities answer, one after the other, and what happens to it. The last answer ends it. */
export interface Scenario {
  readonly name: string
  readonly workflow: 'connection' | 'initialUpload' | 'license'
  readonly live?: readonly Partial<LaneResult>[]
  readonly backfill?: readonly Partial<LaneResult>[]
  readonly reads?: readonly (ReadResult | { readonly fails: string })[]
  /** Where the license stands at each look; `leftMs` until its end. */
  readonly states?: readonly (Pick<LicenseState, 'status'> & Partial<LicenseState> & { readonly leftMs?: number })[]
  readonly drive?: (handle: WorkflowHandle) => Promise<void>
}

/** A ring is for the pass after the one that paused. */
async function ringWhenPaused(handle: WorkflowHandle): Promise<void> {
  while ((await handle.query('doing')) !== 'paused');
  await handle.signal(ringSignalName)
}

/** Rings each time after the workflow has had so many more things done. */
async function ringAfter(handle: WorkflowHandle, ...counts: readonly number[]): Promise<void> {
  let due = 0
  for (const count of counts) {
    due += count
    const done = async () =>
      (await handle.fetchHistory()).events?.filter((event) => event.activityTaskCompletedEventAttributes).length ?? 0
    while ((await done()) < due);
    await handle.signal(ringSignalName)
  }
}

export const scenarios: readonly Scenario[] = [
  {
    name: 'first-upload',
    workflow: 'connection',
    live: [{ readPlatform: true }, { more: true }, { backfill: true, waitMs: 50 }, { waitMs: 50 }, gone],
    reads: [
      { done: false, waitMs: 20, at: { reading: 1, cursor: 'page-2' } },
      { done: true, waitMs: 0 },
    ],
    backfill: [{ backfill: true, waitMs: 100 }, { backfill: false }],
  },
  {
    // Its second bulk comes while the first upload ends; only the end of that one tells.
    name: 'more-as-the-upload-ends',
    workflow: 'connection',
    live: [{ backfill: true }, { backfill: true }, gone],
    backfill: [{}, {}],
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
  {
    name: 'life-of-a-license',
    workflow: 'license',
    states: [
      { status: 'requested' },
      { status: 'signing' },
      { status: 'issued', leftMs: 400 * day },
      { status: 'active', leftMs: 3 * day, mailed: true },
      { status: 'active', leftMs: 200, mailed: true, remindedDays: [7] },
      { status: 'active', leftMs: 0, mailed: true, remindedDays: [7] },
      { status: 'expired' },
    ],
    // Issued; installed; looked at again.
    drive: (handle) => ringAfter(handle, 2, 4, 2),
  },
  {
    name: 'license-revoked',
    workflow: 'license',
    states: [{ status: 'requested' }, { status: 'revoked', mailed: true }],
    drive: (handle) => ringAfter(handle, 2),
  },
  { name: 'upload-paused', workflow: 'initialUpload', backfill: [{ state: 'paused', backfill: true }] },
]

/** Activities that answer as the scenario says; `refuse` makes the failure that needs a person. */
export function scriptedActivities(
  scenario: Scenario,
  refuse: (code: string) => Error,
): ConnectionActivities & LicenseActivities {
  const states = [...(scenario.states ?? [])]
  const nothing = async () => {}
  const answers = { live: [...(scenario.live ?? [])], backfill: [...(scenario.backfill ?? [])] }
  const reads = [...(scenario.reads ?? [])]
  return {
    runLane: async ({ lane }) => ({ ...idle, ...(answers[lane].shift() ?? gone) }),
    readPlatform: async () => {
      const answer = reads.shift() ?? { done: true, waitMs: 0 }
      if ('fails' in answer) throw refuse(answer.fails)
      return answer
    },
    readLicense: async () => {
      const { leftMs, ...state } = states.shift() ?? { status: 'gone' }
      const until = leftMs === undefined ? null : Date.now() + leftMs
      return { until, mailed: false, remindedDays: [], told: false, ...state }
    },
    alertOperator: nothing,
    signLicense: nothing,
    mailLicense: nothing,
    remindOfLicense: nothing,
    expireLicense: nothing,
    tellLicenseEnd: nothing,
  }
}
