import type { PlatformObject } from './object.ts'

/** What an object's link remembers: the object as the platform last accepted it; null before that. */
export interface ObjectState {
  readonly sent: PlatformObject | null
  /** The Edge key of the customer at whose contact it was shown; null for what is nobody's. Absent: not noted then. */
  readonly customer?: string | null
  /** As of when the platform was last told of it (momentOf), a UTC instant. Absent: it never was, or nobody noted that then. */
  readonly at?: string
}

/** What to do with an object that the platform should show. */
export type ObjectDecision =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'write'; readonly event: 'created' | 'updated' | 'archived'; readonly object: PlatformObject }

/**
 * One way up: the object is written, whole, when it differs from what was last accepted, or has become another customer's
 * (a merge in The Edge, a correction).
 */
export function decideObject(object: PlatformObject, customer: string | null, state: ObjectState): ObjectDecision {
  const { sent, customer: shownAt = customer } = state
  if (sent !== null && shownAt === customer && sameJson(asShown(sent), asShown(object))) return { kind: 'unchanged' }
  const archives = isArchived(object) && !(sent !== null && isArchived(sent))
  return { kind: 'write', event: sent === null ? 'created' : archives ? 'archived' : 'updated', object }
}

const isArchived = (object: PlatformObject): boolean => object.type === 'product' && object.archived !== null

/** PD-10: title and description are the platform's own once the product is there; they are no reason to write. */
function asShown(object: PlatformObject): PlatformObject {
  return object.type === 'product' ? { ...object, title: '', description: null } : object
}

/** Equal whatever the order of the fields: what was stored comes back in another. */
function sameJson(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b
  const [ofA, ofB] = [Object.entries(a), new Map(Object.entries(b))]
  return ofA.length === ofB.size && ofA.every(([name, value]) => ofB.has(name) && sameJson(value, ofB.get(name)))
}
