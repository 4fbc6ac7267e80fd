import type { UplinkAnswer } from '@jumpring/contracts'

/** Where the cloud says it stands; `epoch` is null before the first upload. */
export type CloudPosition = Omit<UplinkAnswer, 'epoch'> & { readonly epoch: string | null }

/** Where this agent stands. `generation` is undefined before the first contact. */
export interface OwnPosition {
  readonly epoch: string
  readonly generation: string | undefined
  readonly lastLine: number
  readonly ackedLine: number
}

/**
 * `go on`: send what comes after the cloud's number. `snapshot`: the cloud lacks lines that are no longer in the spool.
 * `rebuild`: the cloud has seen lines of this epoch that we have never written, so this database is an old copy.
 */
export type Step = 'go on' | 'snapshot' | 'rebuild'

/** What to do after the cloud has said where it stands. */
export function reconcile(cloud: CloudPosition, own: OwnPosition): Step {
  if (cloud.epoch === own.epoch && cloud.acked > own.lastLine) return 'rebuild'
  if (own.generation !== undefined && cloud.generation !== own.generation) return 'snapshot'
  if (cloud.epoch !== own.epoch) return own.ackedLine === 0 ? 'go on' : 'snapshot'
  return cloud.acked < own.ackedLine ? 'snapshot' : 'go on'
}
