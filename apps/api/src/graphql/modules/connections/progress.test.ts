import { describe, expect, it } from 'vitest'
import { progressOf } from './progress.ts'

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 22, 12, 0, seconds))
const upload = { initialStartedAt: at(0), initialDoneAt: null, status: 'active' }

describe('progress', () => {
  it('[CO-01] tells done, total, rate and time left of an initial upload', () => {
    expect(progressOf(upload, { total: 1000, waiting: 700 }, at(60))).toEqual({
      done: 300,
      total: 1000,
      ratePerMinute: 300,
      secondsLeft: 140,
    })
  })

  it('promises no time while it is paused, before it has begun, or when nothing has been done', () => {
    const left = (change: Partial<typeof upload> | { initialStartedAt: null }, waiting: number) =>
      progressOf({ ...upload, ...change }, { total: 10, waiting }, at(60)).secondsLeft
    expect(left({ status: 'paused' }, 5)).toBeNull()
    expect(left({ initialStartedAt: null }, 10)).toBeNull()
    expect(left({}, 10)).toBeNull()
    expect(left({}, 0)).toBe(0)
  })

  it('shows a resync of a live connection without a rate of its initial upload', () => {
    const live = { initialStartedAt: at(0), initialDoneAt: at(30), status: 'active' }
    expect(progressOf(live, { total: 10, waiting: 4 }, at(600))).toEqual({
      done: 6,
      total: 10,
      ratePerMinute: null,
      secondsLeft: null,
    })
  })
})
