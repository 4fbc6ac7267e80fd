import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Candidates, contactOwner, type Holder, matchContact } from './match.ts'

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
  const match = (candidates: Partial<Candidates>) =>
    matchContact({ byNumber: [], byEmail: [], byPhone: [], ...candidates })

  it('matches by e-mail before phone', () => {
    expect(match({ byEmail: [holder('a')], byPhone: [holder('b')] })).toEqual({ kind: 'one', id: 'a', by: 'email' })
    expect(match({ byPhone: [holder('b')] })).toEqual({ kind: 'one', id: 'b', by: 'phone' })
    expect(match({})).toEqual({ kind: 'none' })
  })

  it('matches by the number on it before all else', () => {
    const others = { byEmail: [holder('b', { linked: true })], byPhone: [holder('c'), holder('d')] }
    expect(match({ byNumber: ['a'], ...others })).toEqual({ kind: 'one', id: 'a', by: 'number' })
  })

  it('takes a number that two sources hold for none', () => {
    const byNumber = ['s/001-00001', 't/001-00001']
    expect(match({ byNumber, byWebId: ['t/001-00001'] })).toEqual({ kind: 'one', id: 't/001-00001', by: 'webId' })
    expect(match({ byWebId: byNumber })).toEqual({ kind: 'none' })
    expect(match({ byNumber })).toEqual({ kind: 'none' })
    expect(match({ byNumber, byEmail: [holder('t/001-00001')] })).toMatchObject({ id: 't/001-00001', by: 'email' })
    expect(match({ byNumber, byEmail: byNumber.map((id) => holder(id)) }).kind).toBe('several')
  })

  it('never guesses among strangers, and takes a couple’s primary', () => {
    expect(match({ byEmail: [holder('a'), holder('b')] }).kind).toBe('several')
    const couple = [holder('a', { accountId: 'a' }), holder('b', { accountId: 'a' })]
    expect(match({ byEmail: couple })).toEqual({ kind: 'one', id: 'a', by: 'email' })
  })

  it('takes of several the only one who has the phone too, and the only one who is still there', () => {
    const byEmail = [holder('a'), holder('b')]
    expect(match({ byEmail, byPhone: [holder('b')] })).toEqual({ kind: 'one', id: 'b', by: 'email' })
    expect(match({ byEmail, byPhone: [holder('a'), holder('b')] }).kind).toBe('several')
    expect(match({ byEmail, byPhone: [holder('c')] }).kind).toBe('several')
    expect(match({ byEmail: [holder('a', { left: true }), holder('b')] })).toMatchObject({ id: 'b' })
    expect(match({ byEmail: [holder('a', { left: true })] })).toMatchObject({ id: 'a' })
  })

  it('takes two methods of one customer for one', () => {
    expect(match({ byEmail: [holder('a'), holder('a')] })).toEqual({ kind: 'one', id: 'a', by: 'email' })
  })
})
