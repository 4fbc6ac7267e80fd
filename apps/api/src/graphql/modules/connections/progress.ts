/** How far the initial upload is. */
export interface Progress {
  readonly done: number
  readonly total: number
  /** Records a minute since it began; null in its first second. */
  readonly ratePerMinute: number | null
  /** Null where the rate says nothing yet, or while the connection is paused. */
  readonly secondsLeft: number | null
}

/** Null before the initial upload has begun. */
export function progressOf(
  upload: {
    readonly initialStartedAt: Date | null
    readonly initialDoneAt: Date | null
    readonly initialTotal: number
    readonly status: string
  },
  backfillLeft: number,
  now: Date,
): Progress | null {
  const { initialStartedAt: startedAt, initialDoneAt: doneAt, initialTotal: total } = upload
  if (startedAt === null) return null
  // What comes in during the upload joins the same lane: the total is never less than what is left.
  const left = doneAt === null ? Math.min(backfillLeft, total) : 0
  const done = total - left
  const minutes = ((doneAt ?? now).getTime() - startedAt.getTime()) / 60_000
  const rate = minutes >= 1 / 60 ? done / minutes : null
  return {
    done,
    total,
    ratePerMinute: rate,
    secondsLeft: left === 0 ? 0 : rate && upload.status === 'active' ? Math.ceil((left / rate) * 60) : null,
  }
}
