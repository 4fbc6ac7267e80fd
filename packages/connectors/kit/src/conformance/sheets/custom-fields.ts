import { describe, expect, test } from 'vitest'
import { patience } from '../account.ts'
import type { ConformancePlatform } from '../sandbox.ts'
import { begin } from './line.ts'

/** Custom fields keep their types. */
export function registerCustomFields(name: string, platform: ConformancePlatform): void {
  describe(`${name}: custom fields`, patience, () => {
    test('[CB-03] values are written by type, and shown as they were written', async () => {
      await using line = await begin(platform)
      const { preferences, choice } = line.desk
      const fields = {
        [preferences.text]: 'Sapphire',
        [preferences.number]: '-1234.5',
        [preferences.date]: '2026-05-01',
        [preferences.yesNo]: 'yes',
        [preferences.choice]: choice,
      }
      const { uid } = await line.put({ sheet: 'customFields', fields })
      expect(uid).toBe(line.uid)
      expect(await line.desk.preferencesOf(line.uid)).toEqual({
        [preferences.text]: 'Sapphire',
        [preferences.number]: -1234.5,
        [preferences.date]: '2026-05-01',
        [preferences.yesNo]: true,
        [preferences.choice]: choice,
      })
      await line.shown(uid, fields)
    })

    test('[CB-03] what is not written stays, null takes a value away', async () => {
      await using line = await begin(platform)
      const { preferences } = line.desk
      await line.desk.setPreference(line.uid, preferences.number, 5)
      await line.desk.setPreference(line.uid, preferences.text, 'Sapphire', '7')
      await line.shown(line.uid, { [preferences.text]: 'Sapphire', [preferences.number]: '5' }, '7')
      await line.put({ sheet: 'customFields', fields: { [preferences.text]: null } })
      expect(withoutNulls(await line.desk.preferencesOf(line.uid))).toEqual({ [preferences.number]: 5 })
    })

    test.each([
      ['number', 'about six'],
      ['number', '12345678901234567890'],
      ['date', 'May 1st'],
      ['date', '2026-02-30'],
      ['yesNo', 'maybe'],
      ['choice', 'None of them'],
      ['text', 'x'.repeat(10_000)],
    ] as const)('[CB-03] a %s does not take %j', async (type, text) => {
      await using line = await begin(platform)
      const fields = { [line.desk.preferences[type]]: text }
      expect(() => line.freeze({ sheet: 'customFields', fields })).toThrow(
        expect.objectContaining({ code: 'value_does_not_fit' }),
      )
    })
  })
}

const withoutNulls = (values: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null))
