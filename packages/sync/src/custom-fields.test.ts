import type { CustomFieldMapping } from '@jumpring/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { customFieldsOf, preferencesOf, toCustomFields, toPreferences } from './custom-fields.ts'

const types = ['text', 'number', 'date', 'choice', 'yesNo'] as const
const mapped = (type: CustomFieldMapping['type']): CustomFieldMapping[] => [
  { field: '3', preference: 'p-1', type, choices: type === 'choice' ? ['Rose gold', 'Platinum'] : [] },
]
const up = (type: CustomFieldMapping['type'], entered: string) =>
  toPreferences(customFieldsOf({ customFields: { 3: entered } }, mapped(type)), mapped(type))

test.each([
  ['text', ' 6 1/2 ', '6 1/2'],
  ['text', 'Moon\0 \ud83d', 'Moon'],
  ['number', '$1,250.50', '1250.5'],
  ['number', '-3', '-3'],
  ['date', '6/14/2010', '2010-06-14'],
  ['date', '2010-06-14', '2010-06-14'],
  ['choice', 'ROSE GOLD', 'Rose gold'],
  ['yesNo', 'Y', 'yes'],
  ['yesNo', 'false', 'no'],
] as const)('[CB-03] a custom field as a preference: %s %s', (type, entered, value) => {
  expect(up(type, entered)).toEqual({ values: { 'p-1': value }, misfits: [] })
})

test.each([
  ['number', 'about 6'],
  ['date', '6/14'],
  ['date', '2/30/2010'],
  ['choice', 'Silver'],
  ['yesNo', 'maybe'],
] as const)('[CB-03] a value that does not fit its preference goes nowhere: %s %s', (type, entered) => {
  expect(up(type, entered)).toEqual({ values: {}, misfits: ['3'] })
})

test('[CB-03] an empty field is none, on both sides', () => {
  expect(up('number', ' ')).toEqual({ values: { 'p-1': null }, misfits: [] })
  expect(preferencesOf({}, mapped('date'))).toEqual({ 3: null })
})

test('[CB-03] a text that is longer than the platform takes goes nowhere, and holds up no other', () => {
  const fields = { 3: 'x'.repeat(11), 2: 'Sapphire' }
  const other = mapped('text').map((mapping) => ({ ...mapping, field: '2' as const, preference: 'p-2' }))
  const mappings = [...mapped('text'), ...other]
  expect(toPreferences(fields, mappings, 10)).toEqual({ values: { 'p-2': 'Sapphire' }, misfits: ['3'] })
  expect(toPreferences(fields, mappings, 11).misfits).toEqual([])
})

test('[CB-03] what a preference writes into The Edge comes up as the same again: no echo', () => {
  const values = fc.oneof(
    fc.constantFrom('yes', 'no', '2010-06-14', '1250.5', '-3', 'Platinum', 'Rose gold', '06/14/2010', '1,250'),
    fc.string({ maxLength: 20 }),
  )
  fc.assert(
    fc.property(fc.constantFrom(...types), values, (type, value) => {
      const shown = preferencesOf({ 'p-1': value }, mapped(type))
      const { values: written, misfits } = toCustomFields(shown, mapped(type))
      if (misfits.length > 0) return
      const again = customFieldsOf({ customFields: written[3] ? { 3: written[3] } : {} }, mapped(type))
      expect(again).toEqual(shown)
    }),
  )
})
