import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ObjectState } from './decide.ts'
import { momentOf } from './moment.ts'
import type { TimelineJob } from './object.ts'

const entered = '2026-03-01T10:00:00Z'
const done = '2026-03-05T10:00:00Z'
const pickedUp = '2026-03-08T10:00:00Z'
const seen = '2026-11-20T10:00:00.000Z'
const job: TimelineJob = {
  type: 'serviceJob',
  number: '10233',
  jobType: 'repair',
  status: 'picked_up',
  summary: null,
  description: null,
  enteredAt: entered,
  promisedAt: null,
  doneAt: done,
  pickedUpAt: pickedUp,
  price: null,
  itemNumber: null,
  associate: null,
}
const nothing: ObjectState = { sent: null }

describe('[PD-08] a service job’s entry', () => {
  it('is as of the day the job says, however late it goes up', () => {
    expect(momentOf(job, nothing, seen)).toBe(pickedUp)
    expect(momentOf({ ...job, status: 'done' }, nothing, seen)).toBe(done)
    expect(momentOf({ ...job, status: 'not_ready' }, nothing, seen)).toBe(entered)
  })

  it('is as of when it was seen where the job does not say', () => {
    expect(momentOf({ ...job, pickedUpAt: null }, nothing, seen)).toBe(seen)
  })

  it('is not before what the job went through, as where the till notes the day only', () => {
    expect(momentOf({ ...job, pickedUpAt: '2026-03-05T00:00:00Z' }, nothing, seen)).toBe(done)
  })

  it('is not after it was seen, as where the till’s date is mistyped', () => {
    expect(momentOf({ ...job, pickedUpAt: '2062-03-08T10:00:00Z' }, nothing, seen)).toBe(seen)
  })

  it('is not before the entry that stands there already', () => {
    const told = { ...job, status: 'not_ready' as const }
    expect(momentOf(job, { sent: told, at: '2026-03-09T10:00:00Z' }, seen)).toBe('2026-03-09T10:00:00Z')
    expect(momentOf(job, { sent: told, at: entered }, seen)).toBe(pickedUp)
    // Told of before anybody noted as of when.
    expect(momentOf(job, { sent: told }, seen)).toBe(seen)
    // Written again, at another contact.
    expect(momentOf(job, { sent: null, at: '2026-03-09T10:00:00Z' }, seen)).toBe('2026-03-09T10:00:00Z')
  })

  it('is as of now where the job has not come further: other words, or taken back', () => {
    expect(momentOf({ ...job, summary: 'Size ring' }, { sent: job, at: pickedUp }, seen)).toBe(seen)
    expect(momentOf({ ...job, status: 'done' }, { sent: job, at: pickedUp }, seen)).toBe(seen)
  })

  it('never goes back, in whatever order the till says what', () => {
    const moment = fc.option(fc.constantFrom(entered, done, pickedUp, '2062-01-01T00:00:00Z'))
    const shown = fc.record({
      status: fc.constantFrom('not_ready', 'done', 'picked_up'),
      enteredAt: moment,
      doneAt: moment,
      pickedUpAt: moment,
    })
    fc.assert(
      fc.property(fc.array(shown, { minLength: 2, maxLength: 6 }), (all) => {
        let state = nothing
        for (const [n, one] of all.entries()) {
          const object = { ...job, ...one }
          const seenAt = `2026-03-1${n}T10:00:00.000Z`
          const at = momentOf(object, state, seenAt)
          expect(Date.parse(at)).toBeLessThanOrEqual(Date.parse(seenAt))
          expect(Date.parse(at)).toBeGreaterThanOrEqual(Date.parse(state.at ?? entered))
          state = { sent: object, at }
        }
      }),
    )
  })
})
