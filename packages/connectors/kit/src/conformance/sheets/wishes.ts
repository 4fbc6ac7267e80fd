import { describe, expect, test } from 'vitest'
import type { SheetWrite } from '../../events.ts'
import { itemOf, writeOf } from '../../made-up-objects.ts'
import { patience } from '../account.ts'
import type { ConformancePlatform } from '../sandbox.ts'
import { begin, showingsOf } from './line.ts'

const wish = (description: string | null, other: Partial<SheetWrite> = {}) =>
  ({ sheet: 'wish', fields: { present: 'yes', item: null, description }, ...other }) as const
const noWish = { sheet: 'wish', fields: { present: 'no', item: null, description: null } } as const

/** Wishes stand in one collection, each once. */
export function registerWishes(name: string, platform: ConformancePlatform): void {
  const { connector } = platform

  describe(`${name}: wishes`, patience, () => {
    test('[CB-04] a wish is made once, in the one collection, and edited', async () => {
      await using line = await begin(platform)
      const frozen = line.freeze(wish('A gold watch.'))
      const { uid } = await line.writeFrozen(frozen)
      expect((await line.writeFrozen(frozen)).uid).toBe(uid)
      await line.put({ ...wish('A silver watch.'), uid })
      const collection = line.desk.wishCollection
      const one = { uid, externalId: 's-1', collection, itemNumber: null, text: 'A silver watch.' }
      expect(await line.desk.wishesOf(line.uid)).toEqual([one])
      const [, showing] = await line.shown(uid, { present: 'yes', item: null, description: 'A silver watch.' })
      expect(showing?.showing).toMatchObject({ externalId: 's-1', contactUid: line.uid })
    })

    test('[CB-05] a wish has a product: that of its item, which staff may have reworded', async () => {
      await using line = await begin(platform)
      const product = { externalId: 'x-1', object: itemOf() }
      await line.session.writeObjects([connector.freezeObject(writeOf(itemOf()), line.sandbox.settings)])
      await line.sandbox.staff.rewordProduct('x-1', 'A timeless ring')
      const item = itemOf().itemNumber
      const fields = { present: 'yes', item, description: 'For May.' }
      const { uid } = await line.put({ sheet: 'wish', fields, product })
      expect(await line.desk.wishesOf(line.uid)).toMatchObject([{ itemNumber: item, text: 'For May.' }])
      await line.shown(uid, fields)
      const products = await line.sandbox.objects()
      expect(products.map(({ externalId, title }) => [externalId, title])).toEqual([['x-1', 'A timeless ring']])
    })

    test('a wish that was made and never answered is unavailable, and its repetition makes no second one', async () => {
      await using line = await begin(platform)
      const frozen = line.freeze(wish('A gold watch.'))
      await line.desk.spoilNextSheet('wish')
      await expect(line.writeFrozen(frozen)).rejects.toMatchObject({ code: 'platform_unavailable' })
      await line.writeFrozen(frozen)
      expect(await line.desk.wishesOf(line.uid)).toHaveLength(1)
    })

    test('[CB-04] a wish leaves the collection, by its id or ours, however often it is told', async () => {
      await using line = await begin(platform)
      const { uid } = await line.put(wish('A gold watch.'))
      const { uid: other } = await line.put({ ...wish('A ring.'), externalId: 's-2' })
      for (const _again of [1, 2]) expect((await line.put({ ...noWish, uid })).uid).toBe(uid)
      expect((await line.put({ ...noWish, externalId: 's-2' })).uid).toBe(other)
      expect(await line.desk.wishesOf(line.uid)).toEqual([])
      await line.shown(uid, { present: 'no' })
    })

    test('[CB-04] what staff add, edit and remove is told, with who did it', async () => {
      await using line = await begin(platform)
      await line.session.writeObjects([connector.freezeObject(writeOf(itemOf()), line.sandbox.settings)])
      const collection = line.desk.wishCollection
      const uid = await line.desk.addWish(line.uid, { collection, text: 'In size 6.', product: 'x-1' }, '7')
      const item = itemOf().itemNumber
      await line.shown(uid, { present: 'yes', item, description: 'In size 6.' }, '7')
      await line.desk.editWish(uid, 'In size 7.')
      await line.shown(uid, { present: 'yes', item, description: 'In size 7.' })
      await line.desk.removeWish(uid, '7')
      await line.shown(uid, { present: 'no' }, '7')
    })

    test('[CB-04] other collections are nobody’s wishes', async () => {
      await using line = await begin(platform)
      await line.desk.addWish(line.uid, { collection: 'Birthday', text: 'A bracelet.' })
      const uid = await line.desk.addWish(line.uid, { collection: line.desk.wishCollection, text: 'A ring.' })
      const events = await line.events((sofar) => expect(showingsOf(sofar, uid)).toHaveLength(1))
      expect(events.filter(({ type }) => type.startsWith('sheet.'))).toHaveLength(1)
      expect(await line.feed('wish')).toMatchObject([{ showing: { uid } }])
    })

    test.each(['renamed', 'deleted'])(
      '[CB-04] a collection that is %s takes no wish off the list, and the next one makes it anew',
      async (how) => {
        await using line = await begin(platform)
        const { wishCollection } = line.desk
        const { uid } = await line.put(wish('A gold watch.'))
        await line.put({ ...wish('A ring.'), externalId: 's-2' })
        if (how === 'renamed') await line.desk.renameCollection(line.uid, wishCollection, 'Old')
        else await line.desk.deleteCollection(line.uid, wishCollection)
        const gone = { type: 'wishes.gone', contactUid: line.uid, at: expect.any(String) }
        const events = await line.events((sofar) => expect(sofar).toContainEqual(expect.objectContaining(gone)))
        expect(showingsOf(events, uid)).not.toContainEqual(
          expect.objectContaining({
            showing: expect.objectContaining({ fields: expect.objectContaining({ present: 'no' }) }),
          }),
        )
        await line.put(wish('A gold watch.'))
        const now = (await line.desk.wishesOf(line.uid)).filter(({ collection }) => collection === wishCollection)
        expect(now).toMatchObject([{ externalId: 's-1', text: 'A gold watch.' }])
      },
    )
  })
}
