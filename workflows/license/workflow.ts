import {
  allHandlersFinished,
  condition,
  continueAsNew,
  defineSignal,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow'
import type { LicenseInput } from '../doorbell.ts'
import { ringSignalName } from '../names.ts'
import type { LicenseActivities, LicenseState } from './activities.ts'

const ringSignal = defineSignal(ringSignalName)

const activities = proxyActivities<LicenseActivities>({
  startToCloseTimeout: '1 minute',
  // Without end: an outage of the database, the key service or the mail server passes.
  retry: { initialInterval: '500 milliseconds', backoffCoefficient: 2, maximumInterval: '5 minutes' },
})

const dayMs = 24 * 60 * 60_000
/** Days before the end on which the store is reminded. */
const reminders = [30, 7]

/**
 * Brings one license from the order to its end (PD-02): the operator is alerted, what is issued is signed and mailed, the active one is
 * reminded of its end and expires. Holds ids and instants only: what people do with it (issue, install, revoke) stands in the
 * database and rings, so that a Temporal that lost everything goes on from the next ring; the sweep rings once a day.
 */
export async function license(input: LicenseInput): Promise<void> {
  let rung = false
  setHandler(ringSignal, () => {
    rung = true
  })
  let alerted = false
  for (;;) {
    rung = false
    const state = await activities.readLicense(input)
    if (state.status === 'requested' && !alerted) {
      await activities.alertOperator(input)
      alerted = true
    }
    const next = await advance(input, state)
    if (next === 'over') return
    if (workflowInfo().continueAsNewSuggested && allHandlersFinished()) await continueAsNew<typeof license>(input)
    if (rung || next === 'now') continue
    await (next === 'rung' ? condition(() => rung) : condition(() => rung, next))
  }
}

/** Does what is due. Gives when to look again: now, when it is rung, or after so many milliseconds at the latest. */
async function advance(input: LicenseInput, state: LicenseState): Promise<'over' | 'now' | 'rung' | number> {
  switch (state.status) {
    case 'gone':
    case 'superseded':
      return 'over'
    case 'expired':
    case 'revoked':
      if (!state.told) await activities.tellLicenseEnd(input)
      return 'over'
    case 'requested':
      return 'rung'
    case 'signing':
      await activities.signLicense(input)
      return 'now'
    case 'issued':
    case 'active': {
      const left = (state.until ?? 0) - Date.now()
      if (left <= 0) {
        await activities.expireLicense(input)
        return 'now'
      }
      if (!state.mailed) await activities.mailLicense(input)
      if (state.status === 'issued') return left
      const [due] = reminders.filter((days) => left <= days * dayMs).slice(-1)
      if (due !== undefined && !state.remindedDays.includes(due))
        await activities.remindOfLicense({ ...input, days: due })
      const nextReminder = reminders.find((days) => left > days * dayMs)
      return nextReminder === undefined ? left : left - nextReminder * dayMs
    }
  }
}
