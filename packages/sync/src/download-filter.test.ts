import { expect, test } from 'vitest'
import { comesDown } from './download-filter.ts'

const open = { hasEmail: false, locations: [], tags: [], sources: [] }
const contact = { uid: 'c', phones: ['+12035550117'], emails: [], addresses: [], optedOutPhones: [] }

test('[BY-05] without conditions every new contact comes down', () => {
  expect(comesDown(contact, open)).toBe(true)
})

test('[BY-05] every condition that is set must hold; case does not matter; what is not told fits no list', () => {
  expect(comesDown(contact, { ...open, hasEmail: true })).toBe(false)
  expect(comesDown({ ...contact, emails: ['nora@example.com'] }, { ...open, hasEmail: true })).toBe(true)
  expect(comesDown(contact, { ...open, tags: ['VIP'] })).toBe(false)
  expect(comesDown({ ...contact, tags: ['vip '] }, { ...open, tags: ['VIP'] })).toBe(true)
  expect(comesDown({ ...contact, tags: ['vip'] }, { ...open, tags: ['VIP'], sources: ['import'] })).toBe(false)
  expect(comesDown({ ...contact, source: 'Import', locations: ['l1'] }, { ...open, sources: ['import'] })).toBe(true)
})
