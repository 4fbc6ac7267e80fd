import { expect, test } from 'vitest'
import { messageOf } from './misfits.ts'

const mappings = [
  { field: '1', preference: 'p-1', type: 'number', choices: [] },
  { field: '2', preference: 'p-2', type: 'choice', choices: ['Rose gold', 'Platinum'] },
] as const
const all = mappings.map((one) => ({ ...one, choices: [...one.choices] }))

test('[CO-11] what does not fit is named with the form that it should have', () => {
  expect(messageOf('up', 'customFields', '1', all)).toMatch(/^Custom field 1 .*\(a number\).*The Edge.*platform/)
  expect(messageOf('down', 'customFields', '2', all)).toContain('(a choice: Rose gold, Platinum)')
})

test('[CO-11] what is too long for The Edge says how many characters it takes', () => {
  expect(messageOf('down', 'note', 'text', all)).toContain('The Edge takes 20,000 characters')
  expect(messageOf('down', 'wish', 'description', all)).toContain('8,000 characters')
  const text = [{ field: '3', preference: 'p-3', type: 'text', choices: [] } as const].map((one) => ({
    ...one,
    choices: [],
  }))
  expect(messageOf('up', 'customFields', '3', text, 255)).toMatch(/too long.*255 characters.*The Edge/)
  expect(messageOf('down', 'customFields', '3', text, 500)).toMatch(/too long.*500 characters.*platform/)
  expect(messageOf('up', 'customFields', '1', all, 255)).toContain('(a number)')
})
