import { JumpringError } from '@jumpring/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { IngestLine } from './line.ts'
import { newLines, splitIntoRounds } from './rounds.ts'

const keys = fc.integer({ min: 1, max: 6 }).map((i) => `001-0000${i}`)
const spool = fc
  .array(fc.record({ key: keys, op: fc.constantFrom('upsert', 'reject', 'complete') }), { maxLength: 30 })
  .map((changes) =>
    changes.map(({ key, op }, index): IngestLine => {
      const n = index + 1
      if (op === 'complete') return { n, op, kind: 'customer' }
      if (op === 'upsert') return { n, op, kind: 'customer', key, payload: '{}', hash: `${n}`, at: 0, bulk: false }
      return {
        n,
        op: 'reject',
        stage: 'agent',
        subject: key,
        kind: 'customer',
        key,
        code: 'invalid_record',
        message: 'Bad.',
      }
    }),
  )
const subjectOf = (line: IngestLine) => (line.op === 'upsert' ? line.key : line.op === 'reject' ? line.subject : '')

test('rounds hold every line once, no subject twice, and each subject in its order', () => {
  fc.assert(
    fc.property(spool, (lines) => {
      const rounds = splitIntoRounds(lines).map((round) => [...(round.upserts?.lines ?? []), ...round.rejects])
      for (const round of rounds) expect(new Set(round.map(subjectOf)).size).toBe(round.length)
      const written = lines.filter((line) => line.op !== 'complete')
      expect(rounds.flat()).toHaveLength(written.length)
      for (const subject of new Set(written.map(subjectOf))) {
        const ordered = rounds.flat().filter((line) => subjectOf(line) === subject)
        expect(ordered).toEqual(written.filter((line) => subjectOf(line) === subject))
      }
    }),
  )
})

test('[AG-03] what is new is what lies behind the acknowledged number; anything else is a gap', () => {
  fc.assert(
    fc.property(spool, fc.nat(35), fc.nat(35), fc.boolean(), (lines, acked, from, sameEpoch) => {
      const sent = lines.slice(from)
      const start = sameEpoch ? acked : 0
      const read = () => newLines({ epoch: sameEpoch ? 'now' : 'before', acked }, 'now', sent)
      const first = sent.find((line) => line.n > start)
      if (first !== undefined && first.n !== start + 1) expect(read).toThrow(JumpringError)
      else expect(read()).toEqual(lines.filter((line) => line.n > Math.max(start, from)))
    }),
  )
})
