import { JumpringError, type RecordKind } from '@jumpring/contracts'
import { type Columns, columnsOf } from './columns.ts'
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
  readonly upserts?: Upserts
  readonly rejects: readonly IngestReject[]
}

export interface Upserts {
  readonly kind: RecordKind
  /** At least one. */
  readonly lines: readonly IngestUpsert[]
  readonly columns: Columns
}

/** @param lines of one kind, at least one */
export function upsertsOf(kind: RecordKind, lines: readonly IngestUpsert[]): Upserts {
  return { kind, lines, columns: columnsOf(lines) }
}

/** Splits lines, in order, so that two changes of one record never stand in the same round. */
export function splitIntoRounds(lines: readonly IngestLine[]): Round[] {
  const rounds: { kind?: RecordKind; upserts: IngestUpsert[]; rejects: IngestReject[]; subjects: Set<string> }[] = []
  for (const line of lines) {
    if (line.op === 'complete') continue
    // By its key, whatever its kind: what is refused of a record and what is taken of it must not change places.
    const subject = line.op === 'upsert' ? line.key : (line.key ?? line.subject)
    let round = rounds.at(-1)
    const otherKind = line.op === 'upsert' && round?.kind !== undefined && line.kind !== round.kind
    if (!round || otherKind || round.subjects.has(subject)) {
      round = { upserts: [], rejects: [], subjects: new Set() }
      rounds.push(round)
    }
    round.subjects.add(subject)
    if (line.op === 'reject') round.rejects.push(line)
    else {
      round.upserts.push(line)
      round.kind = line.kind
    }
  }
  return rounds.map(({ kind, upserts, rejects }) =>
    kind ? { upserts: upsertsOf(kind, upserts), rejects } : { rejects },
  )
}
