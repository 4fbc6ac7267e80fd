import { JumpringError } from '@jumpring/contracts'
import type { Logger } from 'pino'
import { backoff, pause } from '../bell.ts'
import type { State } from '../store/state.ts'

/** A refusal is for a person to mend; asking again every minute is soon enough to notice. */
const refusedWaitMs = 60_000

/** Keeps for people whether the cloud is reached, and spaces the tries of one loop. */
export class Contact {
  private readonly state: State
  private readonly log: Logger
  private failures = 0

  constructor(state: State, log: Logger) {
    this.state = state
    this.log = log
  }

  succeeded(): void {
    this.failures = 0
    if (this.state.get('connected') === true) return
    this.state.set('connected', true)
    this.state.clear('trouble')
    this.log.info('Connected to the cloud.')
  }

  /** Notes the failure and waits before the next try. Rethrows what is not an expected failure. */
  async failed(error: unknown, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    if (!(error instanceof JumpringError)) throw error
    this.failures += 1
    const refused = error.code === 'agent_unknown'
    const trouble = refused
      ? 'The cloud refuses this agent. Ask for a new enrollment code and run "enroll" again; changes are kept until then.'
      : error.message
    if (this.state.get('trouble') !== trouble || this.state.get('connected') !== false) {
      this.state.set('connected', false)
      this.state.set('trouble', trouble)
      this.log.warn({ code: error.code }, trouble)
    }
    await pause(refused ? refusedWaitMs : backoff(this.failures), signal)
  }
}
