import { type Command, type CustomField, customFieldSchema, type Report } from '@jumpring/contracts'
import { giveCommands, inTenant, reportCommands } from '@jumpring/db'
import { expect } from 'vitest'
import { z } from 'zod'
import { runLane } from '../lane.ts'
import { readPlatform } from '../read-platform.ts'
import { openClientbook, phone, type World } from './world.ts'

/** The number of The Edge of the one customer that most is about. */
export const key = '001-00017'
export const nora = { firstName: 'Nora', lastName: 'Lindqvist', phones: [phone('2035550117')] }

interface Note {
  readonly customer: string
  readonly text: string
  readonly locked: boolean
  readonly associate?: { readonly number: string }
}
interface Wish {
  readonly customer: string
  readonly item?: string
  readonly description?: string
  readonly removedAt?: string
  readonly boughtAt?: string
}
type Fields = Partial<Record<CustomField, string>>

/** What the store's database holds, by its keys. */
interface Held {
  readonly notes: Map<string, Note>
  readonly wishes: Map<string, Wish>
  /** By customer. */
  readonly fields: Map<string, Fields>
  /** What stands on the Activity tab. */
  readonly activities: string[]
}

const clientSchema = z.looseObject({
  id: z.string(),
  pos_id: z.string().nullable(),
  preferences: z.record(z.string(), z.unknown()),
})
const noteSchema = z.looseObject({ id: z.string(), type: z.string(), body: z.string().nullable() })
const collectionSchema = z.looseObject({
  id: z.string(),
  name: z.string(),
  items: z.array(z.looseObject({ id: z.string(), note: z.string().nullable() })),
})
const productSchema = z.looseObject({ id: z.string() })

/** A store with Clientbook, what both sides hold of what both may change, and the staff of both. */
export interface TwoWayStore extends World, Held {
  /** Of the account: one with a Point of Sale ID, and one without. */
  readonly associates: { readonly known: string | undefined; readonly unknown: string | undefined }
  /** Clientbook's ids of preferences, by name. */
  readonly preferences: Readonly<Record<string, string>>
  /** The platform is asked for its changes, then everything is worked off; the store does what it is asked, and shows it. */
  run(): Promise<void>
  /** The same without the store. */
  look(): Promise<void>
  /** The store does what it is asked. */
  fulfillAll(): Promise<void>
  hasCustomers(all: Readonly<Record<string, Fields>>): Promise<void>
  hasNote(one: string, text: string, locked?: boolean): Promise<void>
  hasWish(one: string, of: Omit<Wish, 'customer'>): Promise<void>
  showsNotes(...keys: string[]): Promise<void>
  /** What Clientbook's staff do. */
  staff(method: string, path: string, body?: unknown): Promise<unknown>
  client(): Promise<z.infer<typeof clientSchema>>
  /** Notes as Clientbook shows them. */
  activity(): Promise<z.infer<typeof noteSchema>[]>
  collections(): Promise<z.infer<typeof collectionSchema>[]>
  products(): Promise<z.infer<typeof productSchema>[]>
  conflicts(): Promise<Record<string, unknown>[]>
  /** What waits for a person. */
  aside(): Promise<{ stage: string; kind: string; code: string; message: string }[]>
}

export async function openTwoWayStore(): Promise<TwoWayStore> {
  let associates: TwoWayStore['associates'] = { known: undefined, unknown: undefined }
  let preferences: TwoWayStore['preferences'] = {}
  const world = await openClientbook((account) => {
    preferences = Object.fromEntries(account.preferences.map(({ id, name }) => [name, id]))
    associates = {
      known: account.associates.find(({ point_of_sale_id: id }) => id === '2')?.id,
      unknown: account.associates.find(({ point_of_sale_id: id }) => id === null)?.id,
    }
    const mapped = [
      ['1', 'Ring size', 'text'],
      ['2', 'Anniversary', 'date'],
      ['3', 'Budget', 'number'],
    ] as const
    return {
      defaultAssociate: '99',
      customFields: mapped.map(([field, name, type]) => ({ field, preference: preferences[name], type })),
    }
  })
  const { deps, tenantId, sourceId, connectionId, owner } = world
  const held: Held = { notes: new Map(), wishes: new Map(), fields: new Map(), activities: [] }
  const { notes, wishes, fields, activities } = held

  const showsNotes = (...keys: string[]) => world.shows('note', only(notes, keys))
  const showsWishes = (...keys: string[]) => world.shows('wish', only(wishes, keys))
  const hasCustomers = async (all: Readonly<Record<string, Fields>>) => {
    for (const [one, values] of Object.entries(all)) fields.set(one, values)
    const customers = Object.entries(all).map(([one, values]) => [
      one,
      { ...nora, ...(Object.keys(values).length > 0 && { customFields: values }) },
    ])
    await world.comesUp(Object.fromEntries(customers))
  }

  const look = async () => {
    await owner.query('UPDATE connection SET last_poll_at = NULL')
    const { done } = await readPlatform(deps, { tenantId, connectionId })
    expect(done).toBe(true)
    for (const lane of ['live', 'backfill'] as const) await runLane(deps, { tenantId, connectionId, lane })
    // What was put off for a moment is due.
    await owner.query(`UPDATE pending SET not_before = now() WHERE not_before < 'infinity'`)
  }
  const fulfillAll = async () => {
    for (const command of await inTenant(deps.db, tenantId, (sql) => giveCommands(sql, sourceId)))
      await fulfill(command)
  }
  const report = (one: Report) => inTenant(deps.db, tenantId, (sql) => reportCommands(sql, sourceId, [one]))
  async function fulfill({ id, wish }: Command): Promise<void> {
    const refused = () => report({ id, outcome: 'changed' })
    switch (wish.do) {
      case 'putNote': {
        const there = notes.get(wish.key)
        if (there?.locked || (there?.text ?? null) !== wish.expected) return void (await refused())
        notes.set(wish.key, {
          customer: wish.customer,
          text: wish.text,
          locked: false,
          ...(wish.associate && { associate: { number: wish.associate } }),
        })
        await showsNotes(wish.key)
        break
      }
      case 'putWish': {
        const there = wishes.get(wish.key)
        if ((there?.description ?? null) !== (wish.expected?.description ?? null)) return void (await refused())
        const { present, item, description } = wish.wished
        wishes.set(wish.key, {
          customer: wish.customer,
          ...(item !== null && { item }),
          ...(description !== null && { description }),
          ...(!present && { removedAt: '2026-03-01T10:00:00.000Z' }),
        })
        await showsWishes(wish.key)
        break
      }
      case 'setCustomFields': {
        const there = fields.get(wish.key) ?? {}
        const changes = Object.entries(wish.fields)
        if (changes.some(([field, { expected }]) => (there[customFieldSchema.parse(field)] ?? null) !== expected))
          return void (await refused())
        const set = changes.flatMap(([field, { value }]) => (value === null ? [] : [[field, value]]))
        await hasCustomers({ [wish.key]: { ...there, ...Object.fromEntries(set) } })
        break
      }
      case 'addActivity':
        activities.push(wish.body)
        break
      default:
        break
    }
    await report({ id, outcome: 'already' })
  }

  const list = async <Shape extends z.ZodType>(name: string, shape: Shape) =>
    z.array(shape).parse(await world.podium.get(`/state/clientbook/${name}`))
  return {
    ...world,
    ...held,
    associates,
    preferences,
    run: async () => {
      for (let round = 0; round < 4; round += 1) {
        await look()
        await fulfillAll()
      }
    },
    look,
    fulfillAll,
    hasCustomers,
    hasNote: async (one, text, locked = false) => {
      notes.set(one, { customer: key, text, locked })
      await showsNotes(one)
    },
    hasWish: async (one, of) => {
      wishes.set(one, { customer: key, ...of })
      await showsWishes(one)
    },
    showsNotes,
    staff: async (method, path, body = {}) => {
      const answer = await fetch(`${world.sandboxUrl}/control/clientbook/${path}`, {
        method,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
      return answer.json()
    },
    client: async () => {
      const [one] = await list('clients', clientSchema)
      return one ?? expect.fail('there is no client')
    },
    activity: async () => (await list('activity', noteSchema)).filter(({ type }) => type === 'note'),
    collections: () => list('collections', collectionSchema),
    products: () => list('products', productSchema),
    conflicts: async () => (await owner.query('SELECT kind, field, value, won, why FROM conflict ORDER BY at')).rows,
    aside: async () =>
      (await owner.query('SELECT stage, kind, code, message FROM quarantine WHERE resolved_at IS NULL')).rows,
  }
}

/** What there is of these keys. */
function only<Value extends object>(all: ReadonlyMap<string, Value>, keys: readonly string[]): Record<string, Value> {
  const there = keys.flatMap((one): [string, Value][] => {
    const value = all.get(one)
    return value === undefined ? [] : [[one, value]]
  })
  return Object.fromEntries(there)
}
