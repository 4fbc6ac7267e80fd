/** Our assumption (api.openapi.json): the longest texts, in characters. */
export const longest = { note: 5000, wishNote: 5000, preference: 255 } as const

/** CB-04: only the collection of this name is synchronized. */
export const wishCollection = 'Edge'
