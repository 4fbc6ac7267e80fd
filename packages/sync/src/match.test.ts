import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contactOwner, type Holder, matchContact } from './match.ts'

const holder = (id: string, more: Partial<Holder> = {}): Holder => ({ id, linked: false, ...more })

describe('who stands for a shared contact', () => {
  it('is the couple’s primary customer', () => {
    expect(
      contactOwner([
        holder('s/001-00002', { accountId: 's/001-00002', enteredAt: '2020-01-01' }),
        holder('s/001-00001', { accountId: 's/001-00002', enteredAt: '2010-01-01' }),
      ])?.id,
    ).toBe('s/001-00002')
  })

  it('is the oldest of strangers, and one without a date counts as new', () => {
    expect(
      contactOwner([
        holder('s/001-00001'),
        holder('s/001-00003', { enteredAt: '2019-05-01' }),
        holder('s/001-00002', { enteredAt: '2020-05-01' }),
      ])?.id,
    ).toBe('s/001-00003')
  })

  it('stays who it is, whoever comes', () => {
    const all = fc.array(
      fc.record({
        id: fc.string({ minLength: 1 }),
        linked: fc.constant(false),
        enteredAt: fc.constantFrom('2001-01-01', '2019-01-01'),
      }),
    )
    fc.assert(
      fc.property(all, (others) => {
        expect(contactOwner([...others, holder('~ours', { linked: true })])?.id).toBe('~ours')
      }),
    )
  })

  it('does not depend on the order in which holders are read', () => {
    const all = fc.uniqueArray(
      fc.record({ id: fc.string(), linked: fc.boolean(), enteredAt: fc.constantFrom('2001-01-01', '2019-01-01') }),
      { selector: (one) => one.id },
    )
    fc.assert(
      fc.property(all, (holders) => {
        expect(contactOwner(holders.toReversed())).toEqual(contactOwner(holders))
      }),
    )
  })
})

describe('how a contact from the platform fits', () => {
  it('matches by e-mail before phone', () => {
    expect(matchContact([holder('a')], [holder('b')])).toEqual({ kind: 'one', id: 'a', by: 'email' })
    expect(matchContact([], [holder('b')])).toEqual({ kind: 'one', id: 'b', by: 'phone' })
    expect(matchContact([], [])).toEqual({ kind: 'none' })
  })

  it('never guesses among strangers, and takes a couple’s primary', () => {
    expect(matchContact([holder('a'), holder('b')], []).kind).toBe('several')
    expect(matchContact([holder('a', { accountId: 'a' }), holder('b', { accountId: 'a' })], [])).toEqual({
      kind: 'one',
      id: 'a',
      by: 'email',
    })
  })

  it('takes two methods of one customer for one', () => {
    expect(matchContact([holder('a'), holder('a')], [])).toEqual({ kind: 'one', id: 'a', by: 'email' })
  })
})
