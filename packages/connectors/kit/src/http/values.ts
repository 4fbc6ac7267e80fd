/** A stamp as a UTC instant with milliseconds, or null when it is none. */
export function instant(stamp: string | null | undefined): string | null {
  const date = new Date(stamp ?? '')
  return Number.isNaN(date.getTime()) ? null : date.toISOString()
}

/** The values that normalizing leaves, each once. */
export function distinct(
  raw: readonly (string | null | undefined)[],
  normalize: (value: string) => string | null,
): readonly string[] {
  return [...new Set(raw.flatMap((value) => (value ? (normalize(value) ?? []) : [])))]
}
