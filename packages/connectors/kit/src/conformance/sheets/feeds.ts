import { describe, expect, test } from 'vitest'
import { patience } from '../account.ts'
import type { ConformancePlatform } from '../sandbox.ts'
import { begin, showingsOf } from './line.ts'

/** What is told in any order, or only read, ends the same. */
export function registerFeeds(name: string, platform: ConformancePlatform): void {
  describe(`${name}: sheets in any order`, patience, () => {
    test('events that come late, doubled and in disorder tell by their stamps what is latest', async () => {
      await using line = await begin(platform)
      await line.desk.shuffleEvents()
      await line.sandbox.deliverTwice()
      const uid = await line.desk.addNote(line.uid, 'One.')
      for (const text of ['Two.', 'Three.', 'Four.']) await line.desk.editNote(uid, text)
      const events = await line.events((sofar) => expect(showingsOf(sofar, uid)).toHaveLength(8))
      const byStamp = showingsOf(events, uid).map(({ eventId, showing }) => [eventId, showing.fields.text])
      expect([...new Map(byStamp.map(([id, text]) => [id, text])).values()]).toEqual([
        'One.',
        'Two.',
        'Three.',
        'Four.',
      ])
    })

    test('what no webhook brought is read from the feed, with what was removed, and has one id for one state', async () => {
      await using line = await begin(platform)
      const since = new Date(Date.now() - 60_000).toISOString()
      const kept = await line.desk.addNote(line.uid, 'Kept.', '7')
      const gone = await line.desk.addNote(line.uid, 'Gone.')
      await line.desk.deleteNote(gone)
      const read = await line.feed('note', since)
      expect(read).toMatchObject([
        { type: 'sheet.changed', showing: { uid: kept, fields: { text: 'Kept.' } }, associate: '7' },
        { type: 'sheet.removed', uid: gone },
      ])
      expect(await line.feed('note', since)).toEqual(read)
      await line.desk.editNote(kept, 'Kept and edited.')
      const [, edited] = await line.feed('note', since)
      expect(edited?.eventId).not.toBe(read[0]?.eventId)
      expect(await line.feed('note', new Date(Date.now() + 60_000).toISOString())).toEqual([])
    })

    test('fields that were added since are passed over, in events, feeds and answers to writes', async () => {
      await using line = await begin(platform)
      await line.sandbox.grow?.()
      const uid = await line.desk.addNote(line.uid, 'A note.')
      await line.shown(uid, { text: 'A note.' })
      const written = await line.put({ sheet: 'note', fields: { text: 'Edited.' }, uid })
      expect(written.uid).toBe(uid)
      expect(await line.feed('note')).toMatchObject([{ showing: { uid, fields: { text: 'Edited.' } } }])
    })

    test('feeds are read page by page, each entry once', async () => {
      await using line = await begin(platform)
      const made: string[] = []
      for (let n = 0; n <= platform.pageSize; n++) made.push(await line.desk.addNote(line.uid, `Note ${n}.`))
      const read = await line.feed('note')
      expect(read.flatMap((event) => (event.type === 'sheet.changed' ? [event.showing.uid] : [])).sort()).toEqual(
        made.sort(),
      )
    })

    test('[CB-03] values that staff set are read from the feed', async () => {
      await using line = await begin(platform)
      const { preferences } = line.desk
      await line.desk.setPreference(line.uid, preferences.yesNo, false, '7')
      const fields = { [preferences.yesNo]: 'no' }
      expect(await line.feed('customFields')).toMatchObject([{ showing: { uid: line.uid, fields }, associate: '7' }])
    })

    test('[CB-04] a wish that was taken off the list, and a list that was deleted, are read from the feed', async () => {
      await using line = await begin(platform)
      const since = new Date(Date.now() - 60_000).toISOString()
      const collection = line.desk.wishCollection
      const uid = await line.desk.addWish(line.uid, { collection, text: 'A ring.' })
      await line.desk.removeWish(uid)
      expect(await line.feed('wish', since)).toMatchObject([{ showing: { uid, fields: { present: 'no' } } }])
      await line.desk.addWish(line.uid, { collection, text: 'A watch.' })
      await line.desk.deleteCollection(line.uid, collection)
      const read = await line.feed('wish', since)
      expect(read.map(({ type }) => type)).toEqual(['sheet.changed', 'wishes.gone'])
    })
  })

  describe(`${name}: a list that was renamed`, patience, () => {
    test('[CB-04] is read from the feed by its entries, where no event told of it', async () => {
      await using line = await begin(platform)
      const since = new Date(Date.now() - 60_000).toISOString()
      const { wishCollection } = line.desk
      const uid = await line.desk.addWish(line.uid, { collection: wishCollection, text: 'A ring.' })
      await line.desk.renameCollection(line.uid, wishCollection, 'Old')
      expect(await line.feed('wish', since)).toMatchObject([{ type: 'wish.elsewhere', uid, at: expect.any(String) }])
      expect(await line.feed('wish')).toEqual([])
    })
  })

  describe(`${name}: messages`, patience, () => {
    test('[CB-09] what staff send is told once, with links to what is attached, and read from the feed', async () => {
      await using line = await begin(platform)
      const sent = {
        channel: 'email',
        subject: 'Your ring',
        body: 'It is ready.',
        attachments: ['https://example.com/ring.jpg'],
      } as const
      const uid = await line.desk.send(line.uid, sent, '7')
      const message = { type: 'message', uid, contactUid: line.uid, ...sent, associate: '7', at: expect.any(String) }
      const told = await line.events((events) =>
        expect(events.filter(({ type }) => type === 'message')).toMatchObject([message]),
      )
      expect(told).not.toEqual([])
      expect(await line.feed('message')).toMatchObject([message])
    })
  })
}
