import type { IngestLine } from './line.ts'
import { type Round, splitIntoRounds } from './rounds.ts'

/** Lines that are written in one transaction, and all of it that can be made before that begins. */
export interface Batch {
  /** At least one. */
  readonly lines: readonly IngestLine[]
  readonly rounds: readonly Round[]
}

/** @param lines at least one */
export function batchOf(lines: readonly IngestLine[]): Batch {
  return { lines, rounds: splitIntoRounds(lines) }
}
