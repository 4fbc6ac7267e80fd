import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Apart, isKeptApart, personsOf } from './duplicates.ts'
import { type Candidates, type Holder, matchContact } from './match.ts'

const holder = (id: string, more: Partial<Holder> = {}): Holder => ({ id, linked: false, ...more })
const byEmail = (...ids: string[]) => ids.map((id) => holder(id, { value: 'shop@example.com' }))
const byPhone = (value: string, ...ids: string[]) => ids.map((id) => holder(id, { value }))
const apart = (...customers: string[]): Apart => ({ kind: 'email', value: 'shop@example.com', customers })
const match = (candidates: Partial<Candidates>, decisions: { joins?: string[][]; aparts?: Apart[] }) =>
  matchContact({ byNumber: [], byEmail: [], byPhone: [], ...candidates }, { joins: [], aparts: [], ...decisions })

describe('[BY-08] customers who are joined', () => {
  it('match as one, by the one who stands for all: the oldest', () => {
    const two = [holder('a', { enteredAt: '2020-01-01' }), holder('b', { enteredAt: '2010-01-01' })]
    expect(match({ byEmail: two }, {}).kind).toBe('several')
    expect(match({ byEmail: two }, { joins: [['a', 'b']] })).toEqual({ kind: 'one', id: 'b', by: 'email' })
  })

  it('match as one with the couple of one of them, and not with a stranger', () => {
    const couple = [holder('a', { accountId: 'a' }), holder('b', { accountId: 'a' })]
    const joins = [['b', 'c']]
    expect(match({ byEmail: [...couple, holder('c')] }, { joins }).kind).toBe('one')
    expect(match({ byEmail: [...couple, holder('c'), holder('d')] }, { joins }).kind).toBe('several')
  })

  it('are one person, however the joins came about', () => {
    const ids = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')
    fc.assert(
      fc.property(fc.array(fc.uniqueArray(ids, { minLength: 2 })), ids, ids, (joins, one, other) => {
        const person = personsOf(joins)
        // The simplest way to say the same: walk from one to the other.
        const reached = new Set([one])
        for (const _ of joins)
          for (const set of joins) if (set.some((id) => reached.has(id))) for (const id of set) reached.add(id)
        expect(person(one) === person(other)).toBe(reached.has(other))
      }),
    )
  })
})

describe('[BY-08] customers who are kept apart', () => {
  it('are not told apart by what they share, whoever’s the contact is by it; the rest decides', () => {
    const linked = [holder('a', { value: 'shop@example.com', linked: true }), ...byEmail('b')]
    const aparts = [apart('a', 'b')]
    expect(match({ byEmail: linked }, {})).toMatchObject({ id: 'a' })
    expect(match({ byEmail: linked }, { aparts })).toEqual({ kind: 'several', ids: ['a', 'b'], by: 'email' })
    expect(match({ byEmail: linked, byPhone: byPhone('+1', 'b') }, { aparts })).toEqual({
      kind: 'one',
      id: 'b',
      by: 'phone',
    })
    expect(match({ byNumber: ['b'], byEmail: linked }, { aparts })).toEqual({ kind: 'one', id: 'b', by: 'number' })
  })

  it('are nevertheless found by an e-mail of their own', () => {
    const candidates = { byEmail: [...byEmail('a', 'b'), holder('b', { value: 'b@example.com' })] }
    expect(match(candidates, { aparts: [apart('a', 'b')] })).toEqual({ kind: 'one', id: 'b', by: 'email' })
  })

  it('never make a contact fit nobody: then a third customer would be created', () => {
    const ids = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'))
    fc.assert(
      fc.property(ids, ids, fc.array(ids), fc.array(ids), (emails, phones, aparts, joins) => {
        const candidates = { byEmail: byEmail(...emails), byPhone: byPhone('+1', ...phones) }
        const said = aparts.flatMap((customers): Apart[] => [
          apart(...customers),
          { kind: 'phone', value: '+1', customers },
        ])
        const found = match(candidates, { joins, aparts: said })
        expect(found.kind === 'none').toBe(emails.length + phones.length === 0)
      }),
    )
  })

  it('are kept apart as persons: within one, nobody is', () => {
    const decisions = { joins: [['a', 'b']], aparts: [apart('b', 'c')] }
    expect(isKeptApart(decisions, 'shop@example.com', ['a', 'b'])).toBe(false)
    expect(isKeptApart(decisions, 'shop@example.com', ['b', 'c'])).toBe(true)
    expect(isKeptApart(decisions, 'shop@example.com', ['a', 'c'])).toBe(true)
    expect(isKeptApart(decisions, 'other@example.com', ['b', 'c'])).toBe(false)
  })
})
