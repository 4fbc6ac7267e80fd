/** The same with a field that nobody has heard of in every object. */
export function withExtraFields(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withExtraFields)
  if (typeof value !== 'object' || value === null) return value
  const known = Object.entries(value).map(([name, part]) => [name, withExtraFields(part)])
  return { ...Object.fromEntries(known), x_rollout: { cohort: 7, flags: ['beta'] } }
}
