/** How far a connection is with looking at all its records. */
export interface Progress {
  readonly done: number
  readonly total: number
  /** Records a minute since the initial upload began; null in its first second, and after it. */
  readonly ratePerMinute: number | null
  /** Null where there is no rate, or while the connection is paused. */
  readonly secondsLeft: number | null
}

/**
 * @param upload the initial upload's beginning and end
 * @param records all there are, and how many of them wait
 */
export function progressOf(
  upload: { readonly initialStartedAt: Date | null; readonly initialDoneAt: Date | null; readonly status: string },
  records: { readonly total: number; readonly waiting: number },
  now: Date,
): Progress {
  const { total } = records
  const left = Math.min(records.waiting, total)
  const done = total - left
  const { initialStartedAt: startedAt, initialDoneAt, status } = upload
  const minutes = startedAt === null || initialDoneAt !== null ? 0 : (now.getTime() - startedAt.getTime()) / 60_000
  const ratePerMinute = minutes >= 1 / 60 ? done / minutes : null
  const known = status === 'active' && ratePerMinute !== null && ratePerMinute > 0
  return {
    done,
    total,
    ratePerMinute,
    secondsLeft: left === 0 ? 0 : known ? Math.ceil((left / ratePerMinute) * 60) : null,
  }
}
