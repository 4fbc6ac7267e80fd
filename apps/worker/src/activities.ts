import { errorCodes, JumpringError } from '@jumpring/contracts'
import { inTenant } from '@jumpring/db'
import { pauseForPerson } from '@jumpring/db/engine'
import type { ConnectionActivities, ConnectionInput } from '@jumpring/workflows'
import { Context } from '@temporalio/activity'
import { ApplicationFailure } from '@temporalio/common'
import type { Deps } from './context.ts'
import { runLane } from './lane.ts'
import { readPlatform } from './read-platform.ts'
import { whereOf } from './unexpected.ts'

/** The activities, wired to database and connectors. */
export function createActivities(deps: Deps): ConnectionActivities {
  return {
    runLane: (input) => guarded(deps, input, () => runLane(deps, input)),
    readPlatform: (input) => guarded(deps, input, () => readPlatform(deps, input)),
  }
}

/** A worker that lives says so this often, however long a call hangs: one that was killed is noticed within seconds. */
const heartbeatMs = 1000

/**
 * What needs a person pauses the connection and is not retried; the rest is Temporal's to retry. Messages of unexpected errors may
 * quote data, so that a history gets the error's kind only.
 */
async function guarded<T>(deps: Deps, input: ConnectionInput, work: () => Promise<T>): Promise<T> {
  const context = Context.current()
  const beat = setInterval(() => context.heartbeat(), heartbeatMs)
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof JumpringError)) throw unexpected(error)
    if (errorCodes[error.code].retry === 'never')
      await inTenant(deps.db, input.tenantId, (sql) =>
        pauseForPerson(sql, input.connectionId, error.code, error.message),
      )
    throw ApplicationFailure.create({
      message: error.message,
      type: error.code,
      nonRetryable: errorCodes[error.code].retry === 'never',
      ...(error.retryAfterMs !== undefined && { nextRetryDelay: error.retryAfterMs }),
    })
  } finally {
    clearInterval(beat)
  }
}

/** What an unexpected error leaves in a history, once its kind and place are in the log. Temporal tries again. */
export function unexpected(error: unknown): ApplicationFailure {
  Context.current().log.error('activity failed', whereOf(error))
  return ApplicationFailure.create({ message: 'An unexpected error; see the worker log.', type: 'unexpected' })
}
