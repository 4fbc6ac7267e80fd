import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectorFor } from '@jumpring/connectors'
import { type Customer, connectionSettingsSchema, type Wish, wishSchema } from '@jumpring/contracts'
import {
  type AgentIdentity,
  batchOf,
  createConnection,
  createKeyFile,
  createStore,
  createTenant,
  createVendor,
  type Database,
  ingest,
  inTenant,
  openKeyring,
  replayQuarantined,
  reportCommands,
} from '@jumpring/db'
import {
  approveAll,
  findConnection,
  followJournal,
  noCounts,
  notePoll,
  notePollBegun,
  storeObservations,
} from '@jumpring/db/engine'
import type { Observation } from '@jumpring/sync'
import type pg from 'pg'
import type { z } from 'zod'
import { lendDatabase } from '../../../../tests/support/lent-database.ts'
import { openTier } from '../../../../tests/support/open-tier.ts'
import type { At } from '../context.ts'
import { runLane } from '../lane.ts'
import { type PreparedPage, preparePage } from '../page.ts'
import { receiveEvents } from '../receive.ts'
import { openLine } from '../session.ts'
import { settle } from '../settle.ts'
import { testDeps } from './deps.ts'

/** A customer's methods and whatever else of it counts. Phones are written as The Edge has them. */
export interface Person {
  readonly phones?: readonly string[]
  readonly doNotContact?: readonly string[]
  readonly emails?: readonly string[]
  readonly more?: Partial<Customer>
}

/** A link as the tests look at it. */
export interface LinkRow {
  readonly key: string | null
  readonly status: string
  readonly uid: string | null
  readonly shared_with: string | null
}

/** One tenant on a real database. What the workflow does by itself is done step by step; no platform is called. */
export interface Engine {
  readonly tenantId: string
  readonly sourceId: string
  readonly db: Database
  readonly owner: pg.Pool
  /** A connection to a Podium account. Gives its id. */
  connect(settings?: z.input<typeof connectionSettingsSchema>, options?: { preview?: boolean }): Promise<string>
  /** Another source. Gives its id. */
  source(name: string): Promise<string>
  /** The agent of a source (the first, if none is named) sends a customer. */
  edge(key: string, person: Person, sourceId?: string): Promise<void>
  /** Brings the identity index up to what was sent, and lets it through (BY-04). */
  follow(connectionId: string): Promise<void>
  /** The platform shows contacts, and what it says is looked at, with the identity index as it is. */
  tells(connectionId: string, ...contacts: readonly (Partial<Observation> & { uid: string })[]): Promise<void>
  /** The same, once the index is up to date. */
  shows(connectionId: string, ...contacts: readonly (Partial<Observation> & { uid: string })[]): Promise<void>
  /** The same by a message: each counts, also two of one moment. */
  says(connectionId: string, contact: Partial<Observation> & { uid: string }): Promise<void>
  /** The platform says that one contact was merged into another. */
  merges(connectionId: string, goneUid: string, contact: Partial<Observation> & { uid: string }): Promise<void>
  /** The platform says that a contact was deleted. */
  deletes(connectionId: string, uid: string): Promise<void>
  /** Takes one page of which the platform does not answer yet. Gives what lets it answer. */
  upUnanswered(connectionId: string): Promise<() => Promise<void>>
  /** What was put off for a moment is due. */
  soon(): Promise<void>
  /** One pass of the live lane, as the workflow has it made. */
  passes(connectionId: string): Promise<void>
  /** What the platform holds, read and not looked at yet. */
  holds(connectionId: string, ...contacts: readonly (Partial<Observation> & { uid: string })[]): Promise<void>
  /** Works off the work list; the platform accepts everything. Gives what was written, by Edge key. */
  up(connectionId: string): Promise<Map<string, unknown>>
  /** Everything that the agents were asked for, oldest first. */
  wishes(): Promise<Wish[]>
  /** The agent says of a command, by its place among the wishes, that The Edge has that customer. */
  reports(index: number, outcome: 'seen' | 'matched', key: string): Promise<void>
  /** The agent says of a command that it failed, and a person has it tried again. */
  failsAndIsReplayed(index: number): Promise<void>
  /** The id of a command: its customer's WebTransferWebID. */
  commandId(index: number): Promise<string>
  /** What lies in the inbox is looked at. */
  receives(connectionId: string): Promise<void>
  links(connectionId: string): Promise<LinkRow[]>
  /** What waits for a person, as `subject's key, code`. */
  worklist(connectionId: string): Promise<{ key: string | null; code: string; message: string }[]>
  close(): Promise<void>
}

/** Makes a database with a tenant of one source. */
export async function startEngine(): Promise<Engine> {
  const { db, owner, giveBack } = await lendDatabase()
  const folder = await mkdtemp(join(tmpdir(), 'jumpring-worker-'))
  await createKeyFile(join(folder, 'keys.json'))
  const keyring = await openKeyring(join(folder, 'keys.json'))
  const vendor = await createVendor(db, { name: 'Podium', platform: 'podium' })
  const { id: tenantId } = await createTenant(
    db,
    { as: 'system' },
    { vendorId: vendor.id, name: 'Ring & Co', region: 'US' },
  )
  const agents = new Map<string, { agent: AgentIdentity; epoch: string; n: number }>()
  let stores = 0
  let stamp = Date.UTC(2026, 0, 1)

  const source = async (name: string) => {
    stores += 1
    const number = String(stores).padStart(3, '0')
    const { sourceId } = await createStore(db, tenantId, { number, name, source: { name } })
    const { rows } = await owner.query<{ id: string }>(
      `INSERT INTO agent (id, tenant_id, source_id, name, public_key, version) VALUES (gen_random_uuid(), $1, $2, 'agent', $3, '0') RETURNING id`,
      [tenantId, sourceId, randomUUID()],
    )
    const agentId = rows[0]?.id ?? ''
    agents.set(sourceId, { agent: { agentId, tenantId, sourceId }, epoch: randomUUID(), n: 0 })
    await owner.query('UPDATE source SET complete_at = now() WHERE id = $1', [sourceId])
    return sourceId
  }
  const sourceId = await source('Main street')

  const deps = testDeps(db, keyring)
  const at = async (connectionId: string): Promise<At> => {
    const connection = await inTenant(db, tenantId, (sql) => findConnection(sql, connectionId))
    if (!connection) throw new Error('There is no such connection.')
    return { deps, connection, connector: connectorFor(connection.platform) }
  }
  const follow = async (connectionId: string) => {
    const { connection } = await at(connectionId)
    while ((await inTenant(db, tenantId, (sql) => followJournal(sql, connection))).more);
    await inTenant(db, tenantId, (sql) => approveAll(sql, connectionId))
  }
  const observation = (contact: Partial<Observation> & { uid: string }): Observation => {
    stamp += 1000
    return {
      phones: [],
      emails: [],
      addresses: [],
      optedOutPhones: [],
      updatedAt: new Date(stamp).toISOString(),
      ...contact,
    }
  }
  const receive = async (world: At) => {
    await receiveEvents(world, 100, noCounts())
  }
  const tells: Engine['tells'] = async (connectionId, ...contacts) => {
    const world = await at(connectionId)
    await inTenant(db, tenantId, (sql) => storeObservations(sql, world.connection, contacts.map(observation)))
    await receive(world)
  }
  const webhook = async (connectionId: string, eventType: string, data: unknown) => {
    const world = await at(connectionId)
    const eventUid = randomUUID()
    await owner.query(
      `INSERT INTO inbox (connection_id, tenant_id, event_id, origin, body) VALUES ($1, $2, $3, 'webhook', $4)`,
      [
        connectionId,
        tenantId,
        eventUid,
        JSON.stringify({ data, metadata: { eventType, eventUid, version: '2021.04.01' } }),
      ],
    )
    await receive(world)
  }
  const accept = async (world: At, { effects, lease }: PreparedPage) => {
    const outcomes = effects.map((effect) => ({ effect, kind: 'accepted' as const, answer: null }))
    await settle(world, openLine(world), lease, outcomes, noCounts())
  }
  const commandAt = async (index: number) => {
    const { rows } = await owner.query<{ id: string; source_id: string }>(
      'SELECT id, source_id FROM command ORDER BY created_at, id',
    )
    const command = rows[index]
    if (!command) throw new Error('There is no such command.')
    return command
  }

  return {
    tenantId,
    sourceId,
    db,
    owner,
    source,
    follow,
    connect: async (settings = {}, { preview = false } = {}) => {
      const connectionId = await createConnection(db, keyring, tenantId, {
        platform: 'podium',
        name: randomUUID(),
        tier: 'clienteling',
        settings: connectionSettingsSchema.parse({ defaultLocation: randomUUID(), ...settings }),
        baseUrl: 'http://127.0.0.1:1',
        preview,
        secrets: { account: {}, webhookSecret: 'a-secret-for-tests' },
      })
      await openTier(db, { tenantId, connectionId }, 'clienteling')
      return connectionId
    },
    edge: async (key, person, from = sourceId) => {
      const sender = agents.get(from)
      if (!sender) throw new Error('There is no such source.')
      sender.n += 1
      const payload = JSON.stringify(customerOf(key, person))
      const hash = `${payload.length}:${sender.n}`
      const line = {
        n: sender.n,
        op: 'upsert',
        kind: 'customer',
        key,
        payload,
        hash,
        at: Date.now(),
        bulk: false,
      } as const
      await ingest(db, sender.agent, sender.epoch, batchOf([line]))
    },
    tells,
    passes: async (connectionId) => {
      await runLane(deps, { tenantId, connectionId, lane: 'live' })
    },
    holds: async (connectionId, ...contacts) => {
      const { connection } = await at(connectionId)
      await inTenant(db, tenantId, async (sql) => {
        const { reading } = await notePollBegun(sql, connection)
        await storeObservations(sql, connection, contacts.map(observation))
        await notePoll(sql, connectionId, reading, null)
      })
    },
    shows: async (connectionId, ...contacts) => {
      await follow(connectionId)
      await tells(connectionId, ...contacts)
    },
    says: async (connectionId, contact) => {
      await follow(connectionId)
      await webhook(connectionId, 'contact.updated', { before: null, after: wire(observation(contact)) })
    },
    merges: async (connectionId, goneUid, contact) => {
      await follow(connectionId)
      await webhook(connectionId, 'contact.merged', {
        before: wire({ uid: goneUid }),
        after: wire(observation(contact)),
      })
    },
    deletes: (connectionId, uid) => webhook(connectionId, 'contact.deleted', { before: wire({ uid }), after: null }),
    upUnanswered: async (connectionId) => {
      const world = await at(connectionId)
      await follow(connectionId)
      const page = await preparePage(world, 'live', noCounts())
      return () => accept(world, page)
    },
    soon: async () => {
      await owner.query('UPDATE pending SET not_before = now()')
    },
    up: async (connectionId) => {
      const world = await at(connectionId)
      const written = new Map<string, unknown>()
      for (;;) {
        await follow(connectionId)
        const page = await preparePage(world, 'live', noCounts())
        for (const { key, decision } of page.effects) written.set(key, decision.write)
        await accept(world, page)
        if (!page.tookAny) return written
      }
    },
    wishes: async () => {
      const { rows } = await owner.query<{ wish: unknown }>('SELECT wish FROM command ORDER BY created_at, id')
      return rows.map(({ wish }) => wishSchema.parse(wish))
    },
    reports: async (index, outcome, key) => {
      const { id, source_id } = await commandAt(index)
      await inTenant(db, tenantId, (sql) => reportCommands(sql, source_id, [{ id, outcome, key }]))
    },
    failsAndIsReplayed: async (index) => {
      const { id, source_id } = await commandAt(index)
      await inTenant(db, tenantId, (sql) => reportCommands(sql, source_id, [{ id, outcome: 'failed', message: 'No.' }]))
      const { rows } = await owner.query<{ id: string }>(`SELECT id FROM quarantine WHERE stage = 'edge'`)
      await replayQuarantined(
        db,
        tenantId,
        rows.map((row) => row.id),
      )
    },
    commandId: async (index) => (await commandAt(index)).id,
    receives: async (connectionId) => {
      await follow(connectionId)
      await receive(await at(connectionId))
    },
    links: async (connectionId) => {
      const { rows } = await owner.query<LinkRow>(
        'SELECT key, status, uid, shared_with FROM link WHERE connection_id = $1 ORDER BY key NULLS LAST',
        [connectionId],
      )
      return rows
    },
    worklist: async (connectionId) => {
      const { rows } = await owner.query<{ key: string | null; code: string; message: string }>(
        'SELECT key, code, message FROM quarantine WHERE connection_id = $1 AND resolved_at IS NULL ORDER BY created_at',
        [connectionId],
      )
      return rows
    },
    close: async () => {
      await giveBack()
      await rm(folder, { recursive: true })
    },
  }
}

/** A contact as Podium shows it in an event. */
const wire = ({ uid, name, phones, emails, updatedAt }: Partial<Observation>) => ({
  uid,
  name: name ?? null,
  phoneNumbers: phones ?? [],
  emails: emails ?? [],
  updatedAt: updatedAt ?? null,
})

function customerOf(key: string, { phones = [], doNotContact = [], emails = [], more = {} }: Person): Customer {
  return {
    lastName: `Person ${key}`,
    phones: phones.map((number) => ({ type: 'Cell', number, doNotContact: doNotContact.includes(number) })),
    emails: emails.map((address) => ({ type: 'Home', address, sendPromo: false })),
    addresses: [],
    inactive: false,
    ...more,
  }
}
