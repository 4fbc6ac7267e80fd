import type { Customer } from '@jumpring/contracts'
import { giveCommands, inTenant } from '@jumpring/db'
import { expect } from 'vitest'
import { z } from 'zod'
import { runLane } from '../lane.ts'
import { readPlatform } from '../read-platform.ts'
import { openClientbook, phone, type World } from './world.ts'

/** Numbers of The Edge: of who is merged away, of who remains, and of somebody else. */
export const [gone, stays, third] = ['001-00017', '001-00018', '001-00019'] as const
export const nora: Partial<Customer> = {
  firstName: 'Nora',
  lastName: 'Lind',
  phones: [phone('2035550117')],
  customFields: { '1': '6' },
}
export const tea: Partial<Customer> = { firstName: 'Tea', lastName: 'Lind', phones: [phone('2035550118')] }
/** The Edge gives the remaining one what the other was reached by. */
export const both = [phone('2035550118'), phone('2035550117')]

/** What Clientbook shows of Tea once Nora is merged into her. */
export const all = {
  number: stays,
  name: 'Tea',
  phones: ['+12035550117', '+12035550118'],
  ringSize: null,
  notes: ['Note N1', 'Note N2'],
  wishes: ['Wish W1', 'Wish W2'],
  purchases: ['001-00001', '001-00002'],
}

const clientSchema = z.looseObject({
  id: z.string(),
  pos_id: z.string().nullable(),
  first_name: z.string().nullable(),
  phones: z.array(z.object({ number: z.string() })),
  preferences: z.record(z.string(), z.unknown()).default({}),
})
type Client = z.infer<typeof clientSchema>

/**
 * A store with Clientbook, where contacts are known by the number of The Edge (Connector.identity `externalId`), and customers that it
 * merges or renumbers.
 */
export interface MergingStore extends World {
  /** The preference that The Edge's custom field 1 is. */
  readonly ringSize: string
  /** The platform is asked for its changes, and everything is worked off, until nothing is left. */
  run(rounds?: number): Promise<void>
  showsSale(customer: string, sale: string): Promise<void>
  showsNote(customer: string, key: string): Promise<void>
  showsWish(customer: string, key: string): Promise<void>
  /** A customer's sale, note and wish of this number. */
  showsTheirs(customer: string, n: number): Promise<void>
  /** Nora and Tea, each with what is hers, on both sides. */
  twoCustomers(): Promise<void>
  /** How the store shows that Nora was merged into Tea; in any order. */
  readonly steps: Readonly<Record<'customer' | 'sale' | 'note' | 'wish', () => Promise<void>>>
  clients(): Promise<Client[]>
  /** Clientbook's id of who has this number. */
  clientOf(number: string): Promise<string>
  /** All that Clientbook holds, by the client's POS ID. */
  book(): Promise<Record<string, unknown>[]>
  /** What waits for a person. */
  aside(): Promise<unknown[]>
  /** What The Edge was asked for. */
  asked(): Promise<unknown[]>
  links(): Promise<unknown[]>
  /** Clientbook comes to hold this, The Edge is asked for nothing, and nothing more is done. */
  atRest(what: object[]): Promise<void>
}

export async function openMergingStore(): Promise<MergingStore> {
  let ringSize = ''
  const world = await openClientbook(({ preferences }) => {
    ringSize = preferences.find(({ name }) => name === 'Ring size')?.id ?? expect.fail('no ring size')
    return { defaultAssociate: '99', customFields: [{ field: '1', preference: ringSize, type: 'text' }] }
  })
  const { deps, tenantId, sourceId, connectionId, owner } = world
  const list = async <Shape extends z.ZodType>(name: string, shape: Shape) =>
    z.array(shape).parse(await world.podium.get(`/state/clientbook/${name}`))
  const clients = () => list('clients', clientSchema)

  const run = async (rounds = 3) => {
    for (let round = 0; round < rounds; round += 1) {
      await owner.query('UPDATE connection SET last_poll_at = NULL')
      await readPlatform(deps, { tenantId, connectionId })
      await runLane(deps, { tenantId, connectionId, lane: 'live' })
      await owner.query(`UPDATE pending SET not_before = now() WHERE not_before < 'infinity'`)
      await owner.query(`UPDATE effect SET not_before = now() WHERE status = 'prepared'`)
    }
  }
  const showsSale = (customer: string, sale: string) => {
    const amount = { minor: 4000, currency: 'USD' } as const
    return world.shows('saleLine', { [`${sale}/1`]: { sale, line: 1, customer, amount, description: 'Chain' } })
  }
  const showsNote = (customer: string, key: string) =>
    world.shows('note', { [key]: { customer, text: `Note ${key}`, locked: false } })
  const showsWish = (customer: string, key: string) =>
    world.shows('wish', { [key]: { customer, description: `Wish ${key}` } })
  const showsTheirs = async (customer: string, n: number) => {
    await showsSale(customer, `001-0000${n}`)
    await showsNote(customer, `N${n}`)
    await showsWish(customer, `W${n}`)
  }

  const book = async () => {
    const notes = await list(
      'activity',
      z.looseObject({ client_id: z.string(), type: z.string(), body: z.string().nullable() }),
    )
    const collections = await list(
      'collections',
      z.looseObject({
        client_id: z.string(),
        name: z.string(),
        items: z.array(z.looseObject({ note: z.string().nullable() })),
      }),
    )
    const purchases = await list('purchases', z.looseObject({ client_id: z.string(), receipt_number: z.string() }))
    return (await clients())
      .map(({ id, pos_id, first_name, phones, preferences }) => ({
        number: pos_id,
        name: first_name,
        phones: phones.map(({ number }) => number).toSorted(),
        ringSize: preferences['Ring size'] ?? null,
        notes: notes.flatMap((one) => (one.client_id === id && one.type === 'note' ? [one.body] : [])).toSorted(),
        wishes: collections
          .flatMap((one) => (one.client_id === id && one.name === 'Edge' ? one.items.map(({ note }) => note) : []))
          .toSorted(),
        purchases: purchases.flatMap((one) => (one.client_id === id ? [one.receipt_number] : [])).toSorted(),
      }))
      .toSorted((a, b) => ((a.number ?? '') < (b.number ?? '') ? -1 : 1))
  }
  const asked = async () => {
    const commands = await inTenant(deps.db, tenantId, (sql) => giveCommands(sql, sourceId))
    return commands.map(({ wish }) => wish)
  }

  return {
    ...world,
    ringSize,
    run,
    showsSale,
    showsNote,
    showsWish,
    showsTheirs,
    twoCustomers: async () => {
      await world.comesUp({ [gone]: nora, [stays]: tea })
      await showsTheirs(gone, 1)
      await showsTheirs(stays, 2)
      await run()
      expect(await book()).toMatchObject([
        { number: gone, ringSize: '6', notes: ['Note N1'], wishes: ['Wish W1'], purchases: ['001-00001'] },
        { number: stays, ringSize: null, notes: ['Note N2'], wishes: ['Wish W2'], purchases: ['001-00002'] },
      ])
    },
    steps: {
      customer: () => world.comesUp({ [stays]: { ...tea, phones: both, oldKey: gone } }),
      sale: () => showsSale(stays, '001-00001'),
      note: () => showsNote(stays, 'N1'),
      wish: () => showsWish(stays, 'W1'),
    },
    clients,
    clientOf: async (number) =>
      (await clients()).find(({ pos_id }) => pos_id === number)?.id ?? expect.fail(`no client ${number}`),
    book,
    aside: async () =>
      (await owner.query('SELECT code, kind, key FROM quarantine WHERE resolved_at IS NULL ORDER BY key')).rows,
    asked,
    links: async () =>
      (await owner.query(`SELECT key, status, shared_with FROM link WHERE kind = 'customer' ORDER BY key`)).rows,
    atRest: async (what) => {
      await run()
      expect(await book()).toMatchObject(what)
      expect(await asked()).toEqual([])
      const before = await world.podium.get('/state/clientbook/requests')
      await owner.query(`UPDATE connection SET last_poll_at = now()`)
      await runLane(deps, { tenantId, connectionId, lane: 'live' })
      expect(await world.podium.get('/state/clientbook/requests')).toEqual(before)
    },
  }
}
