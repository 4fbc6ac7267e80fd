import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type Book, fromDatabase, openBook, rowsOf } from '../features/support/book.ts'
import { type Counter, counterOf, type Showcase, showcaseOf } from '../features/support/objects.ts'
import { openShops, type Shop } from '../features/support/shop.ts'
import { type OwnStack, startStack } from '../support/stack.ts'

let stack: OwnStack
let shop: Shop
let book: Book
let counter: Counter
let showcase: Showcase
let nora: string
let client: string

/** What people have done so far: each must stand everywhere, once. */
const done = {
  sales: [] as string[],
  jobs: [] as string[],
  notes: [] as string[],
  wishes: [] as string[],
  texts: [] as string[],
}
const each = 6

beforeAll(async () => {
  stack = await startStack({ apps: ['api', 'worker'], ownTemporal: true })
  const [opened = expect.fail('the shop did not open')] = await openShops(stack, [
    { name: 'killed', sql: fromDatabase, tier: 'clienteling_plus', settings: { sink: 'partnerApi' } },
  ])
  shop = opened
  counter = counterOf(shop)
  showcase = showcaseOf(stack, shop)
  const joined = await openBook(stack, shop, () => ({ defaultAssociate: '2' }))
  book = joined
  await joined.license()
  nora = await shop.addCustomer('Nora Lindqvist', { phone: '2035550117' })
  await shop.contactWith('+12035550117')
  client = (await book.client(nora)).id
})
afterAll(async () => {
  await shop?.close()
  await stack?.stop()
})

/** So many sales, jobs, notes, wishes and texts at the till, and notes of staff. */
async function aBusyHour(round: string): Promise<void> {
  for (let n = 0; n < each; n++) {
    const item = await counter.item({ ItemDesc: `Ring ${round} ${n}` })
    done.sales.push(`${await counter.sale(nora, [{ item, amount: 100 + n }])}/1 ${100 + n}`)
    done.jobs.push(await counter.job({ customer: nora, type: 'Repair' }))
    const [note, wish, called] = [`Note ${round} ${n}`, `Wish ${round} ${n}`, `Called ${round} ${n}`]
    await shop.post('/control/store/notes', { NotesCustKey: nora, NotesText: note })
    await shop.post('/control/store/wishes', { WishlistCustKey: nora, WishlistItemDesc: wish })
    await book.post(`/clients/${client}/notes`, { body: called, associateId: book.associate('Harriet') })
    done.notes.push(note, called)
    done.wishes.push(wish)
  }
  const text = `Your ring ${round} is ready.`
  await shop.post('/control/store/notifications', { NotificationCustKey: nora, NotificationMessage: text })
  done.texts.push(text)
}

const limit = (rateLimit: number) =>
  Promise.all(
    (['podium', 'clientbook'] as const).map((platform) =>
      shop.post(`/control/${platform}/settings`, { rateLimit, rateWindowSeconds: 1 }),
    ),
  )
const textsSchema = z.array(z.looseObject({ body: z.string() }))

/** Everything, as each of the three shows it. */
async function shown() {
  const [notes, wishes, collections] = [
    await rowsOf(shop, 'notes'),
    await rowsOf(shop, 'wishes'),
    await book.collections(client),
  ]
  const objects = await showcase.all()
  const texts = textsSchema.parse(await shop.get('/state/podium/texts')).map(({ body }) => body)
  return {
    'notes in The Edge': notes.map(({ NotesText }) => String(NotesText)).toSorted(),
    'notes on Clientbook': (await book.notes(client)).map(({ body }) => body).toSorted(),
    'wishes in The Edge': wishes.map(({ WishlistItemDesc }) => String(WishlistItemDesc)).toSorted(),
    'wishes on Clientbook': collections
      .flatMap(({ items }) => items.map(({ product }) => product?.title ?? ''))
      .toSorted(),
    'sales on Podium': await showcase.purchases('Nora Lindqvist'),
    'sales on Clientbook': (await book.purchases())
      .map(({ receipt_number, line_number, amount }) => `${receipt_number}/${line_number} ${Number(amount?.amount)}`)
      .toSorted(),
    'jobs on Podium': objects.flatMap(({ type, fields }) => (type === 'serviceJob' ? [fields.number] : [])).toSorted(),
    'texts more than once': texts.filter((text, index) => texts.indexOf(text) !== index),
  }
}

const wanted = () => {
  const [notes, wishes, sales] = [done.notes.toSorted(), done.wishes.toSorted(), done.sales.toSorted()]
  return {
    'notes in The Edge': notes,
    'notes on Clientbook': notes,
    'wishes in The Edge': wishes,
    'wishes on Clientbook': wishes,
    'sales on Podium': sales,
    'sales on Clientbook': sales,
    'jobs on Podium': done.jobs.toSorted(),
    'texts more than once': [],
  }
}

test.each(['agent', 'api', 'worker', 'temporal', 'agent, api, worker and temporal'])(
  '[PD-06] [PD-08] [CB-04] [CB-06] [CB-07] [CO-10] %s killed while sales, jobs, notes, wishes and texts go both ways: nothing lost, nothing doubled',
  async (which) => {
    const names = which.split(/, | and /).map((name) => (name === 'agent' ? shop.agent : name))
    const before = done.sales.length
    // The platforms' limit makes it last longer than it takes to look and kill, on a busy machine too.
    await limit(8)
    await aBusyHour(which)
    await stack.waitFor(async () => (await book.purchases()).length > before, { what: 'a sale on Clientbook' })
    await Promise.all(names.map((name) => stack.kill(name)))
    expect(await shown()).not.toEqual(wanted())
    await limit(0)
    await Promise.all(names.map((name) => stack.start(name)))
    const goal = JSON.stringify(wanted())
    await stack
      .waitFor(async () => JSON.stringify(await shown()) === goal, {
        what: 'all of it everywhere, once',
        timeout: 60_000,
      })
      .catch(async () => expect(await shown()).toEqual(wanted()))
    // What stood before it on any way has arrived: nothing more comes.
    await shop.marker()
    expect(await shown()).toEqual(wanted())
    for (const staff of [shop.staff, book.staff]) expect(await staff.quarantine()).toEqual([])
  },
  120_000,
)
