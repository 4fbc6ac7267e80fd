import {
  inTenant,
  joinDuplicates,
  keepDuplicatesApart,
  listDuplicateDecisions,
  listDuplicates,
  type Shared,
  undoDuplicateDecision,
} from '@jumpring/db'
import { contactsOf } from '@jumpring/db/engine'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Engine, startEngine } from './testing/engine.ts'

let engine: Engine
let connection: string

beforeEach(async () => {
  engine = await startEngine()
  connection = await engine.connect()
})
afterEach(() => engine.close())

const [nora, nils, olga] = ['001-00001', '001-00002', '001-00003']
const email = 'shop@example.com'
const phone: Shared = { kind: 'phone', value: '+12035550101' }
const by = { id: '00000000-0000-4000-8000-000000000001', role: 'store' }
const older = { more: { enteredAt: '2001-01-01' } }

const at = (keys: readonly string[]) => keys.map((key) => ({ sourceId: engine.sourceId, key }))
const join = async (...keys: string[]) => (await joinDuplicates(engine.db, engine.tenantId, at(keys), by)).id
const keepApart = async (shared: Shared, ...keys: string[]) =>
  (await keepDuplicatesApart(engine.db, engine.tenantId, shared, at(keys), by)).id
const undo = (id: string) => undoDuplicateDecision(engine.db, engine.tenantId, id, by)
const list = async (open?: boolean) =>
  (await listDuplicates(engine.db, engine.tenantId, { limit: 100, open })).map(
    ({ kind, value, customers, owners, held, decisions }) => ({
      kind,
      value,
      customers: customers.map(({ key, name }) => `${key} ${name}`),
      owners: owners.map(({ customer, because }) => `${customer.key} ${because}`),
      held: held.map(({ key, code }) => `${key} ${code}`),
      decisions: decisions.map(({ decision }) => decision),
    }),
  )
const held = async () => (await engine.worklist(connection)).map(({ key, code }) => [key, code])
/** Works until all is at rest. */
const work = async () => {
  const written = await engine.up(connection)
  await engine.receives(connection)
  return new Map([...written, ...(await engine.up(connection))])
}
const linkOf = async (key: string) => (await engine.links(connection)).find((link) => link.key === key)

describe('[BY-08] a phone that two customers share', () => {
  beforeEach(async () => {
    await engine.edge(nora, { phones: ['2035550101'], ...older })
    await engine.edge(nils, { phones: ['2035550101'] })
    await engine.up(connection)
    await engine.shows(connection, { uid: 'c-1', phones: [phone.value], name: `Person ${nora}` })
    await work()
  })

  test('is listed with who holds it, who stands for the contact and why, and what is held', async () => {
    expect(await list(true)).toEqual([
      {
        kind: 'phone',
        value: phone.value,
        customers: [`${nora} Person ${nora}`, `${nils} Person ${nils}`],
        owners: [`${nora} linked`],
        held: [`${nils} shared_contact`],
        decisions: [],
      },
    ])
    expect(await list(false)).toEqual([])
  })

  test('joined: the owner stands for both, nothing is held; undone: all is as before', async () => {
    const id = await join(nora, nils)
    expect(await work()).toEqual(new Map())
    expect(await held()).toEqual([])
    expect(await linkOf(nils)).toMatchObject({ status: 'shared', shared_with: nora })
    expect(await list(true)).toEqual([])
    expect(await list(false)).toMatchObject([{ held: [], decisions: ['join'] }])
    // Not even by a method of its own: they are one, and one has one contact.
    await engine.edge(nils, { phones: ['2035550101'], emails: ['nils@example.com'] })
    expect(await work()).toEqual(new Map())

    await undo(id)
    expect(await work()).toEqual(new Map([[nils, { name: `Person ${nils}`, email: 'nils@example.com' }]]))
    expect(await list(true)).toMatchObject([{ value: phone.value, decisions: [] }])
  })

  test('joined: what either has does not come down to the other', async () => {
    await engine.edge(nils, { phones: ['2035550101', '2035550109'] })
    await join(nora, nils)
    await work()
    await engine.shows(connection, { uid: 'c-1', phones: [phone.value, '+12035550109', '+12035550110'] })
    expect(await engine.wishes()).toMatchObject([{ do: 'addMethods', key: nora, phones: ['+12035550110'] }])
  })

  test('joined: the other takes the contact over when the owner leaves', async () => {
    await join(nora, nils)
    await work()
    await engine.edge(nora, { phones: ['2035550101'], more: { inactive: true } })
    expect(await work()).toEqual(new Map([[nils, { name: `Person ${nils}` }]]))
    expect(await linkOf(nils)).toMatchObject({ status: 'active', uid: 'c-1' })
  })

  test('kept apart: decided, the other needs a method of its own and never takes the contact over; undone: as before', async () => {
    const id = await keepApart(phone, nora, nils)
    expect(await work()).toEqual(new Map())
    expect(await held()).toEqual([[nils, 'needs_identifier']])
    expect(await linkOf(nils)).toMatchObject({ status: 'active', uid: null, shared_with: null })
    expect(await list(true)).toEqual([])
    await engine.edge(nora, { phones: ['2035550101'], more: { inactive: true } })
    expect(await work()).toEqual(new Map())
    expect(await linkOf(nora)).toMatchObject({ status: 'active', uid: 'c-1' })

    await engine.edge(nora, { phones: ['2035550101'], ...older })
    await work()
    await undo(id)
    await work()
    expect(await held()).toEqual([[nils, 'shared_contact']])
    expect(await linkOf(nils)).toMatchObject({ status: 'shared', shared_with: nora })
  })

  test('is open again when a third customer has it', async () => {
    await keepApart(phone, nora, nils)
    await engine.edge(olga, { phones: ['2035550101'] })
    await work()
    expect(await list(true)).toMatchObject([
      { customers: [expect.any(String), expect.any(String), `${olga} Person ${olga}`] },
    ])
    await join(nils, olga)
    expect(await list(true)).toEqual([])
    await expect(join(nora, nils)).rejects.toMatchObject({ code: 'conflict' })
  })

  test('decisions are in force until they are undone, once each', async () => {
    const id = await join(nora, nils)
    await expect(join(nils, nora)).rejects.toMatchObject({ code: 'conflict' })
    await expect(keepApart(phone, nora, nils)).rejects.toMatchObject({ code: 'conflict' })
    await expect(join(nora, '001-09999')).rejects.toMatchObject({ code: 'not_found' })
    const decisions = await listDuplicateDecisions(engine.db, engine.tenantId, { limit: 10 })
    expect(decisions).toMatchObject([{ id, decision: 'join', decidedBy: by.id, decidedAs: 'store' }])
    await undo(id)
    await expect(undo(id)).rejects.toMatchObject({ code: 'conflict' })
    expect(await listDuplicateDecisions(engine.db, engine.tenantId, { limit: 10 })).toEqual([])
  })
})

describe('[BY-08] an e-mail that makes a match ambiguous', () => {
  const contact = { uid: 'c-1', name: 'Somebody', emails: [email], phones: ['+12035550109'] }
  beforeEach(async () => {
    await engine.edge(nora, { emails: [email], ...older })
    await engine.edge(nils, { emails: [email] })
    await engine.shows(connection, contact)
    await work()
  })

  test('is listed with the contact that waits', async () => {
    expect(await list(true)).toMatchObject([
      {
        kind: 'email',
        owners: [`${nora} oldest`],
        held: ['null ambiguous_match', `${nora} ambiguous_match`, `${nils} ambiguous_match`],
      },
    ])
  })

  test('joined: the contact is theirs by the owner; undone: it stays so, and the other shares it', async () => {
    const id = await join(nora, nils)
    await work()
    expect(await linkOf(nora)).toMatchObject({ status: 'active', uid: 'c-1' })
    expect(await held()).toEqual([])
    await undo(id)
    await work()
    expect(await held()).toEqual([[nils, 'shared_contact']])
  })

  test('kept apart: the contact waits until something else tells whose it is', async () => {
    await keepApart({ kind: 'email', value: email }, nora, nils)
    await work()
    expect(await linkOf(nora)).toBeUndefined()
    await engine.edge(nils, { emails: [email], phones: ['2035550109'] })
    await work()
    expect(await linkOf(nils)).toMatchObject({ status: 'active', uid: 'c-1' })
    // No third customer, and the e-mail is the contact's.
    expect(await held()).toEqual([[nora, 'needs_identifier']])
  })
})

describe('[BY-08] doubles in the store that have nothing in common', () => {
  beforeEach(async () => {
    await engine.edge(nora, { phones: ['2035550101'], ...older })
    await engine.edge(nils, { emails: ['nils@example.com'] })
    await join(nora, nils)
  })

  test('become one contact, the older one’s; a new contact with the other’s e-mail is a second one of theirs', async () => {
    expect(await work()).toEqual(new Map([[nora, { name: `Person ${nora}`, phone: '+12035550101' }]]))
    await engine.shows(connection, { uid: 'c-1', phones: ['+12035550101'], name: `Person ${nora}` })
    await engine.shows(connection, { uid: 'c-2', emails: ['nils@example.com'], name: 'Nils' })
    expect(await held()).toEqual([[null, 'ambiguous_match']])
  })

  test('are one person in two sources as well; the namesake of the one who stands for them is somebody else', async () => {
    const harbor = await engine.source('Harbor')
    await engine.edge(olga, { emails: ['olga@example.com'] }, harbor)
    await engine.edge(nora, { emails: ['namesake@example.com'] }, harbor)
    const customers = [...at([nora]), { sourceId: harbor, key: olga }]
    await joinDuplicates(engine.db, engine.tenantId, customers, by)
    await work()
    expect(await linkOf(olga)).toMatchObject({ status: 'shared', shared_with: `${engine.sourceId}/${nora}` })
    const shown = await inTenant(engine.db, engine.tenantId, (sql) =>
      contactsOf(
        sql,
        { id: connection, tenantId: engine.tenantId },
        [olga, nora].map((customer) => ({ sourceId: harbor, customer })),
      ),
    )
    expect(shown).toMatchObject([{ identifiers: ['+12035550101'] }, { identifiers: ['namesake@example.com'] }])
  })

  test('pages of the list follow one another', async () => {
    for (const [index, key] of [nora, nils].entries())
      await engine.edge(key, {
        phones: ['2035550101', '2035550102'],
        emails: [email],
        more: { enteredAt: `200${index}-01-01` },
      })
    await engine.follow(connection)
    const places: string[] = []
    for (;;) {
      const after = places.at(-1)
      const page = await listDuplicates(engine.db, engine.tenantId, {
        limit: 1,
        ...(after && { after: { value: after } }),
      })
      if (!page[0]) break
      places.push(page[0].place)
    }
    expect(places).toEqual(['email shop@example.com', 'phone +12035550101', 'phone +12035550102'])
    const phones = await listDuplicates(engine.db, engine.tenantId, { limit: 10, kind: 'phone', open: false })
    expect(phones.map(({ value }) => value)).toEqual(['+12035550101', '+12035550102'])
  })

  test('go up by the one who can be reached', async () => {
    await engine.edge(nora, older)
    expect(await work()).toEqual(new Map([[nils, { name: `Person ${nils}`, email: 'nils@example.com' }]]))
    expect(await held()).toEqual([])
  })

  test('outlive the older one’s leaving', async () => {
    await work()
    await engine.shows(connection, { uid: 'c-1', phones: ['+12035550101'], name: `Person ${nora}` })
    await engine.edge(nora, { phones: ['2035550101'], more: { inactive: true } })
    const written = await work()
    expect(written).toEqual(new Map([[nils, { name: `Person ${nils}`, email: 'nils@example.com' }]]))
    expect(await linkOf(nils)).toMatchObject({ status: 'active', uid: 'c-1' })
  })
})

describe('[BY-08] a contact that staff merged', () => {
  const contact: () => Shared = () => ({ kind: 'contact', value: 'c-1', connectionId: connection })
  beforeEach(async () => {
    await engine.edge(nora, { phones: ['2035550101'], ...older })
    await engine.edge(nils, { emails: ['nils@example.com'] })
    await engine.up(connection)
    await engine.shows(
      connection,
      { uid: 'c-1', phones: [phone.value], name: `Person ${nora}` },
      { uid: 'c-2', emails: ['nils@example.com'], name: `Person ${nils}` },
    )
    await engine.merges(connection, 'c-2', { uid: 'c-1', phones: [phone.value], emails: ['nils@example.com'] })
    await work()
  })

  test('is listed, and joined is nobody’s trouble any more', async () => {
    expect(await list(true)).toMatchObject([
      { kind: 'contact', value: 'c-1', owners: [`${nora} linked`], held: [`${nils} shared_contact`] },
    ])
    const id = await join(nora, nils)
    expect(await work()).toEqual(new Map())
    expect(await held()).toEqual([])
    await undo(id)
    await work()
    expect(await held()).toEqual([[nils, 'shared_contact']])
  })

  test('kept apart: the other goes up by what does not stand on it; undone before that: as before', async () => {
    const id = await keepApart(contact(), nora, nils)
    expect(await work()).toEqual(new Map())
    expect(await held()).toEqual([[nils, 'needs_identifier']])
    expect(await list(true)).toEqual([])
    expect(await list(false)).toMatchObject([{ kind: 'contact', decisions: ['apart'] }])
    await undo(id)
    await work()
    expect(await linkOf(nils)).toEqual({ key: nils, status: 'shared', uid: 'c-1', shared_with: nora })
    expect(await held()).toEqual([[nils, 'shared_contact']])

    await keepApart(contact(), nora, nils)
    await engine.edge(nils, { emails: ['nils@example.com'], phones: ['2035550102'] })
    expect(await work()).toEqual(new Map([[nils, { name: `Person ${nils}`, phone: '+12035550102' }]]))
    expect(await held()).toEqual([])
  })
})
