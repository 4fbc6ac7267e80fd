import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { StoreFolder } from '../../tests/store.ts'
import { openStore } from '../store/store.ts'
import { storeSettingsSchema } from '../store-settings.ts'
import { scanFile } from './read-file.ts'

const settings = storeSettingsSchema.parse({ region: 'US' })

/** What must stay, as The Edge names it and as it may name it, and the fields of records that go up. */
const secretFields = [
  'ItemCost',
  'ITEMCOST',
  'ItemMinPrice',
  'ItemVendInvoice',
  'ItemNotes',
  'ItemSerialNumber',
  'StoneCost',
  'StoneCertNo',
  'VendorAccountNo',
  'VendorPhone',
  'SalelineCost',
  'SalelineBonusPct',
  'SalelineccName',
  'SalelineccNumber',
  'SalelineccAuthCode',
  'Salelinecc1',
  'JobPrice',
  'JobNotes',
  'WishlistBuyFor',
  'WishlistBuyForCustKey',
]
const secrets = fc.dictionary(
  fc.oneof(
    fc.constantFrom(...secretFields),
    fc.string({ minLength: 1 }).map((name) => `x${name}`),
  ),
  fc.constantFrom('SECRET-48151', { deep: 'SECRET-48151' }, ['SECRET-48151']),
)

test('[AG-04] costs, card data and whatever else is not named are in no spool and no database of the agent', async () => {
  await fc.assert(
    fc.asyncProperty(secrets, secrets, async (outside, inside) => {
      const folder = new StoreFolder()
      const store = openStore(folder.data)
      const child = (Key: string, fields: object) => ({ Key, PairValue: { ...inside, ...fields } })
      const item = {
        ...outside,
        ItemStatus: 'I',
        ItemInventoryType: 'S',
        Stones: [child('1', { StoneType: 'Opal' })],
        Vendors: [child('STUL', { VendorId: 'STUL', VendorName: 'Harborline Designs' })],
      }
      const line = { SalelineSaleKey: '001-00001', SalelineLineNo: 1, SalelineAmount: 25, ...outside }
      const bad = { ...line, SalelineLineNo: 2, SalelineAmount: 'SECRET-48151' }
      const files = {
        ItemList: { Items: [{ ...outside, Key: '001-150-00004', PairValue: item }] },
        Transaction: { SaleLines: [child('001-000011', line), child('001-000012', bad)] },
        WishList: { Wishes: [child('001-W00001', { ...outside, WishlistItemDesc: 'Pearls' })] },
        JobList: { Jobs: [child('001-J00007', { ...outside, JobStatus: 'Done' })] },
      }
      try {
        for (const [list, content] of Object.entries(files)) {
          const path = join(folder.root, `2026-03-03-11-00-00-${list}.json`)
          writeFileSync(path, JSON.stringify(content))
          await scanFile(store, path, settings)
        }
        const lines = [...store.spool.pages(100, 1_000_000)].flat()
        const came = lines.join('\n')
        expect(lines).toHaveLength(5)
        for (const part of [
          'Harborline Designs',
          'Opal',
          'Pearls',
          '001-00001/1',
          '001-J00007',
          'SalelineAmount is not',
        ])
          expect(came).toContain(part)
        for (const file of readdirSync(folder.data).filter((name) => name.startsWith('agent.db')))
          expect(readFileSync(join(folder.data, file)).includes('SECRET-48151'), file).toBe(false)
      } finally {
        store.db.close()
        folder.remove()
      }
    }),
    { numRuns: 25 },
  )
}, 60_000)
