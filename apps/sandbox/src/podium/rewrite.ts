import type { StoredObject } from './objects.ts'

const moods = ['timeless', 'radiant', 'unforgettable'] as const

/** What Podium's AI makes of an item: another title and description each time. */
export function rewrittenByAi({ fields, rewrites }: StoredObject): { title: string; description: string } {
  const mood = moods[rewrites % moods.length] ?? moods[0]
  const said = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)
  const piece = said(fields.category)?.toLowerCase().replace(/s$/, '') ?? 'piece'
  const metal = said(fields.metal)
  const stones = Array.isArray(fields.stones) ? fields.stones.map(String).join(' and ') : ''
  const made = metal === undefined ? '' : ` in ${metal}`
  return {
    title: `A ${mood} ${piece}${made}`,
    description: `Meet a ${mood} ${piece}${made}${stones === '' ? '' : `, set with ${stones}`}: made to be given, and to be kept.`,
  }
}
