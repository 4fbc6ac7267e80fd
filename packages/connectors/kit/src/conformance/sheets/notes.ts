import { describe, expect, test } from 'vitest'
import { patience } from '../account.ts'
import type { ConformancePlatform } from '../sandbox.ts'
import { begin, showingsOf } from './line.ts'

const note = (text: string) => ({ sheet: 'note', fields: { text } }) as const

/** Notes are written once, and told whole. */
export function registerNotes(name: string, platform: ConformancePlatform): void {
  describe(`${name}: notes`, patience, () => {
    test('[CB-06] a note is written once, however often it is repeated, and edited', async () => {
      await using line = await begin(platform)
      const frozen = line.freeze(note('Likes rubies.'))
      const { uid, updatedAt } = await line.writeFrozen(frozen)
      expect(await line.writeFrozen(frozen)).toEqual({ uid, updatedAt })
      const edited = await line.put({ ...note('Likes emeralds.'), uid })
      expect(edited.uid).toBe(uid)
      expect(edited.updatedAt > updatedAt).toBe(true)
      expect(await line.desk.notesOf(line.uid)).toEqual([{ uid, externalId: 's-1', text: 'Likes emeralds.' }])
    })

    test('a note that was written and never answered is unavailable, and its repetition makes no second one', async () => {
      await using line = await begin(platform)
      const frozen = line.freeze(note('Likes rubies.'))
      await line.desk.spoilNextSheet('note')
      await expect(line.writeFrozen(frozen)).rejects.toMatchObject({ code: 'platform_unavailable' })
      const { uid } = await line.writeFrozen(frozen)
      expect(await line.desk.notesOf(line.uid)).toEqual([{ uid, externalId: 's-1', text: 'Likes rubies.' }])
    })

    test('[CB-06] what staff write, edit and delete is told, with who did it', async () => {
      await using line = await begin(platform)
      const uid = await line.desk.addNote(line.uid, 'Anniversary in May.', '7')
      await line.shown(uid, { text: 'Anniversary in May.' }, '7')
      await line.desk.editNote(uid, 'Anniversary in June.')
      const [added, edited] = await line.shown(uid, { text: 'Anniversary in June.' })
      expect(added?.showing).toMatchObject({ sheet: 'note', uid, contactUid: line.uid })
      expect(edited).not.toHaveProperty('associate')
      await line.desk.deleteNote(uid, '7')
      await line.events((events) =>
        expect(events).toContainEqual(
          expect.objectContaining({ type: 'sheet.removed', sheet: 'note', uid, associate: '7' }),
        ),
      )
    })

    test('what the platform writes there by itself is no note', async () => {
      await using line = await begin(platform)
      await line.desk.happen(line.uid)
      const uid = await line.desk.addNote(line.uid, 'A note.')
      const events = await line.events((sofar) => expect(showingsOf(sofar, uid)).toHaveLength(1))
      expect(events.filter(({ type }) => type.startsWith('sheet.'))).toHaveLength(1)
      expect(await line.feed('note')).toMatchObject([{ showing: { uid } }])
    })

    test('a note that is too long does not fit', async () => {
      await using line = await begin(platform)
      expect(() => line.freeze(note('x'.repeat(20_000)))).toThrow(
        expect.objectContaining({ code: 'value_does_not_fit' }),
      )
    })

    test('an entry that staff deleted is not there', async () => {
      await using line = await begin(platform)
      const { uid } = await line.put(note('Likes rubies.'))
      await line.desk.deleteNote(uid)
      await expect(line.put({ ...note('Likes emeralds.'), uid })).rejects.toMatchObject({ code: 'contact_not_found' })
      expect(await line.desk.notesOf(line.uid)).toEqual([])
    })
  })
}
