import { type Hello, JumpringError } from '@jumpring/contracts'
import type { Logger } from 'pino'
import { type Bell, pause } from '../bell.ts'
import type { Cloud } from '../cloud/client.ts'
import type { Contact } from '../cloud/contact.ts'
import { forgetCursors } from '../sql/cursors.ts'
import type { Store } from '../store/store.ts'
import { type CloudPosition, reconcile } from './reconcile.ts'

/**
 * Of one upload, close to what the cloud takes: between two of them both sides wait for each other. It is read and sent a page at a
 * time; what is durable of one that is cut is not sent again.
 */
const maxLines = 60_000
const maxBytes = 60 * 1024 * 1024
/** An agent with nothing to send asks this often where the cloud stands. */
const helloEveryMs = 5 * 60_000

export interface UplinkParts {
  readonly store: Store
  readonly cloud: Cloud
  readonly contact: Contact
  readonly log: Logger
  /** Rung when something was spooled, or when another loop lost the cloud. */
  readonly spooled: Bell
  /** To be rung when the kept files must be read again. */
  readonly files: Bell
  /** Hears what else the cloud says when it is greeted. */
  heard?(hello: Hello): void
}

/** Sends the spool upward, in order, one request at a time, until `signal` aborts. A line is dropped only once it is acknowledged. */
export async function runUplink(parts: UplinkParts, signal: AbortSignal): Promise<void> {
  const limits = { lines: maxLines }
  let greeted = false
  while (!signal.aborted) {
    try {
      if (!greeted) {
        const hello = await parts.cloud.hello()
        parts.heard?.(hello)
        follow(parts, hello)
      }
      greeted = true
      const more = await upload(parts, limits, signal)
      parts.contact.succeeded()
      if (more) continue
      await parts.spooled.wait(helloEveryMs, signal)
      // Woken with nothing to send: time has passed, or another loop lost the cloud. It may have been restored.
      greeted = parts.store.spool.size() > 0
    } catch (error) {
      greeted = false
      if (error instanceof JumpringError && error.code === 'too_large')
        limits.lines = Math.ceil(Math.min(limits.lines, parts.store.spool.size()) / 2)
      await parts.contact.failed(error, signal)
    }
  }
}

/** Sends what waits, up to the limits; false when there was nothing to send. */
async function upload(parts: UplinkParts, limits: { lines: number }, signal: AbortSignal): Promise<boolean> {
  const { spool, state } = parts.store
  const [epoch, generation] = [state.get('epoch'), state.get('generation')]
  if (spool.size() === 0 || epoch === undefined || generation === undefined) return false
  const answer = await parts.cloud.upload(epoch, generation, () => spool.pages(limits.lines, maxBytes))
  if (answer.taken) {
    const before = state.get('ackedLine')
    follow(parts, answer)
    if (state.get('ackedLine') === before)
      throw new JumpringError('malformed_upload', 'The cloud took nothing of an upload.')
    parts.log.info({ acked: answer.acked, waiting: spool.size() }, 'Uploaded.')
  } else {
    follow(parts, answer, 'snapshot')
    // Keeps a cloud that asks for snapshots without end from being flooded with them.
    await pause(1000, signal)
  }
  return true
}

/** Brings the spool in line with what the cloud says. `atLeast`: what to do where its position alone gives no reason to do more. */
function follow(
  { store, log, files }: UplinkParts,
  cloud: CloudPosition,
  atLeast: 'go on' | 'snapshot' = 'go on',
): void {
  const { state, spool } = store
  const step = reconcile(cloud, {
    epoch: state.get('epoch') ?? '',
    generation: state.get('generation'),
    lastLine: state.get('lastLine') ?? 0,
    ackedLine: state.get('ackedLine') ?? 0,
  })
  const decided = step === 'go on' ? atLeast : step
  if (decided === 'go on') {
    if (state.get('generation') === undefined) state.set('generation', cloud.generation)
    const acked = cloud.epoch === state.get('epoch') ? cloud.acked : 0
    if (acked > (state.get('ackedLine') ?? 0)) spool.acknowledge(acked)
    return
  }
  spool.snapshot(cloud.generation)
  log.warn({ lines: state.get('lastLine') ?? 0 }, 'The cloud needs every record once more.')
  if (decided === 'rebuild') {
    state.clear('rereadVersion')
    forgetCursors(store)
    log.warn('This database is older than what the cloud has. The kept files are read again; ask for a full export.')
    files.ring()
  }
}
