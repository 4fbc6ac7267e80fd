import { describe, expect, it } from 'vitest'
import type { Observation } from './contact.ts'
import { unlinked } from './link.ts'
import { unmix, withoutWritten } from './undone-match.ts'

const before: Observation = {
  uid: 'c-1',
  name: 'Ben Before',
  phones: ['+12035550101', '+12035550102'],
  emails: [],
  addresses: [],
  optedOutPhones: [],
}
const seen = { name: 'Nora', phones: ['+12035550109', '+12035550102'], emails: ['nora@example.com'], addresses: [] }

describe('a contact that was taken for the wrong customer', () => {
  it('gets back what we had written over; what it had none of is only named', () => {
    const sent = { name: 'Nora', phone: '+12035550109', email: 'nora@example.com', externalId: '001-00001' }
    expect(unmix(before, { ...unlinked, sent, seen })).toEqual({
      restore: { name: 'Ben Before', phone: '+12035550101' },
      written: sent,
      contact: { ...before, phones: ['+12035550101', '+12035550102'], emails: [] },
    })
  })

  it('keeps what staff have entered since, and what was the same', () => {
    const state = { ...unlinked, sent: { phone: '+12035550102' }, seen: { ...seen, emails: ['ben@example.com'] } }
    const { restore, written, contact } = unmix(before, state)
    expect({ restore, written }).toEqual({ restore: {}, written: {} })
    expect(contact).toMatchObject({ phones: seen.phones, emails: ['ben@example.com'] })
  })

  it('loses the number by which it was taken for that customer, but not another’s', () => {
    const state = { ...unlinked, sent: { externalId: '001-00001' }, seen }
    const number = (externalId: string) => unmix({ ...before, externalId }, state)
    expect(number('001-00001')).toMatchObject({ restore: {}, written: { externalId: '001-00001' } })
    expect(number('001-00001').contact).not.toHaveProperty('externalId')
    expect(number('001-00002')).toMatchObject({ restore: { externalId: '001-00002' } })
  })

  it('says nothing by what was written to it', () => {
    const written = [{ phone: '+12035550109', email: 'nora@example.com' }]
    expect(withoutWritten(seen, written)).toMatchObject({ phones: ['+12035550102'], emails: [] })
  })
})
