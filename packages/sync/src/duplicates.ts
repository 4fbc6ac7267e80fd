/**
 * BY-08: what people have said of customers who look like one. Ids are those of holders.
 * Joined customers are one person; customers kept apart share a value (or a contact) and are different people.
 */
export interface DuplicateDecisions {
  readonly joins: readonly (readonly string[])[]
  readonly aparts: readonly Apart[]
}

/** Several customers who have one value and are different people. */
export interface Apart {
  readonly kind: 'phone' | 'email' | 'contact'
  /** The phone, the e-mail, or the uid of the platform's contact. */
  readonly value: string
  readonly customers: readonly string[]
}

export const undecided: DuplicateDecisions = { joins: [], aparts: [] }

/**
 * Tells persons apart: gives one name to all ids of a person. Joins add up: who is joined with one of a person is that person.
 * @param sets ids of which each set is one person
 */
export function personsOf(sets: readonly (readonly string[])[]): (id: string) => string {
  const names = new Map<string, string>()
  for (const set of sets) {
    const former = new Set(set.map((id) => names.get(id) ?? id))
    const name = [...former].toSorted()[0]
    if (name === undefined) continue
    for (const [id, known] of names) if (former.has(known)) names.set(id, name)
    for (const id of set) names.set(id, name)
  }
  return (id) => names.get(id) ?? id
}

/** Whether a value says nothing of which of these customers is meant: people have kept some of them apart who share it. */
export function isKeptApart(decisions: DuplicateDecisions, value: string, ids: readonly string[]): boolean {
  const person = personsOf(decisions.joins)
  const persons = new Set(ids.map((id) => person(id)))
  return decisions.aparts.some(
    (apart) =>
      apart.value === value &&
      new Set(apart.customers.map((id) => person(id)).filter((one) => persons.has(one))).size > 1,
  )
}
