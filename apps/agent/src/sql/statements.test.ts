import { expect, test } from 'vitest'
import { mappingSchema, readMapping } from './mapping-file.ts'
import { positional, statementSchema } from './statements.ts'

test('named parameters become question marks, as often as they are named; values never become SQL', () => {
  const statement = 'UPDATE Notes SET NotesText = :text, At = :now::timestamp WHERE NotesKey = :key OR Old = :key'
  const { sql, parameters } = positional(statement, { key: "1'; --", text: ':now', now: '2026-07-04T10:00:00' })
  expect(sql).toBe('UPDATE Notes SET NotesText = ?, At = ?::timestamp WHERE NotesKey = ? OR Old = ?')
  expect(parameters).toEqual([':now', '2026-07-04T10:00:00', "1'; --", "1'; --"])
})

test('a parameter that the agent does not give is refused with the mapping file, and so is a second statement', () => {
  const schema = statementSchema('key', 'text')
  expect(schema.parse(['UPDATE Notes', 'SET NotesText = :text'])).toBe('UPDATE Notes\nSET NotesText = :text')
  expect(schema.safeParse('UPDATE Notes SET NotesText = :txet').error?.message).toContain(':txet is none of :key :text')
  expect(schema.safeParse('UPDATE Notes SET NotesText = :text; DELETE FROM Notes').success).toBe(false)
  const usual = readMapping()
  const note = { ...usual.writes.note, current: 'SELECT NotesKey FROM Notes WHERE NotesKey = :number' }
  expect(mappingSchema.safeParse({ ...usual, writes: { ...usual.writes, note } }).success).toBe(false)
})
