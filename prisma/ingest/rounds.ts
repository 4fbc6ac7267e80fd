import { JumpringError, type RecordKind } from '@jumpring/contracts'
import type { IngestLine, IngestReject, IngestUpsert } from './line.ts'

/** Where the cloud stands with an agent. */
export interface Position {
  readonly epoch: string | null
  readonly acked: number
}

/**
 * The lines that are new to the cloud.
 * @throws `snapshot_needed` on a gap, and for an unknown epoch that does not start at 1
 */
export function newLines(position: Position, epoch: string, lines: readonly IngestLine[]): readonly IngestLine[] {
  const acked = position.epoch === epoch ? position.acked : 0
  const fresh = lines.filter((line) => line.n > acked)
  if (fresh.some((line, index) => line.n !== acked + 1 + index)) throw new JumpringError('snapshot_needed')
  return fresh
}

/** Lines that can be written by one statement: upserts of one kind, no key and no subject twice. */
export interface Round {
  readonly upserts: readonly IngestUpsert[]
  readonly rejects: readonly IngestReject[]
}

/** Splits lines, in order, so that two changes of one record never stand in the same round. */
export function splitIntoRounds(lines: readonly IngestLine[]): Round[] {
  const rounds: Round[] = []
  let upserts: IngestUpsert[] = []
  let rejects: IngestReject[] = []
  let subjects = new Set<string>()
  let kind: RecordKind | undefined
  for (const line of lines) {
    if (line.op === 'complete') continue
    // By its key, whatever its kind: what is refused of a record and what is taken of it must not change places.
    const subject = line.op === 'upsert' ? line.key : (line.key ?? line.subject)
    const otherKind = line.op === 'upsert' && kind !== undefined && line.kind !== kind
    if (subjects.has(subject) || otherKind || rounds.length === 0) {
      upserts = []
      rejects = []
      subjects = new Set()
      kind = undefined
      rounds.push({ upserts, rejects })
    }
    subjects.add(subject)
    if (line.op === 'reject') rejects.push(line)
    else {
      upserts.push(line)
      kind = line.kind
    }
  }
  return rounds
}
