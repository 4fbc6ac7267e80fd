/** A figure that was to be reached, and whether it was. */
export interface Aimed {
  value: number
  /** Such as `≥ 0.5`. */
  aim: string
  met: boolean
}

/** Holds a figure against what it is to reach at the least or at the most. Rounded to three digits, as it is shown. */
export function aimed(value: number, sign: '≥' | '≤', bound: number): Aimed {
  const shown = Number(value.toPrecision(3))
  return { value: shown, aim: `${sign} ${bound}`, met: sign === '≥' ? shown >= bound : shown <= bound }
}

/** The value below which a part (0 … 1) of the values lie; 0 of none. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? 0
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5)
}
