import { changeFeeds, type Session } from '@jumpring/connector-kit'
import { connectorFor } from '@jumpring/connectors'
import { JumpringError, openStreams } from '@jumpring/contracts'
import { inTenant, loadSecrets, type Sql } from '@jumpring/db'
import {
  type Connection,
  correctBudget,
  feedMarks,
  findConnection,
  holdPoll,
  type NewQuarantine,
  noteAnswer,
  noteContactFields,
  noteFeedRead,
  noteOutage,
  notePoll,
  notePollBegun,
  quarantine,
  reserveCalls,
  storeObservations,
  storeRead,
} from '@jumpring/db/engine'
import type { ConnectionInput, ReadMark, ReadResult } from '@jumpring/workflows'
import { type At, bringsFeedDown, type Deps, isRunning } from './context.ts'
import { openLine } from './session.ts'

/** Read again behind the watermark: the platform's stamps are not finer than a second and its writes are applied late. */
const overlapMs = 5 * 60_000
const longestPassMs = 20_000

/**
 * Asks the platform for its contacts, all of them at first and then what changed, and puts them into the inbox: a platform that
 * forgets a webhook loses nothing. Also sees to it that our webhook exists and is enabled, and that contacts have a place for the Edge customer number.
 */
export async function readPlatform(deps: Deps, input: ConnectionInput & { at?: ReadMark }): Promise<ReadResult> {
  try {
    return await read(deps, input)
  } catch (error) {
    if (error instanceof JumpringError && error.code === 'platform_unavailable')
      await inTenant(deps.db, input.tenantId, (sql) => noteOutage(sql, input.connectionId))
    throw error
  }
}

async function read(deps: Deps, input: ConnectionInput & { at?: ReadMark }): Promise<ReadResult> {
  const { tenantId, connectionId } = input
  const startedAt = Date.now()
  const connection = await inTenant(deps.db, tenantId, (sql) => findConnection(sql, connectionId))
  if (!connection || !isRunning(connection)) return { done: true, waitMs: 0 }
  const at: At = { deps, connection, connector: connectorFor(connection.platform) }
  const line = openLine(at)
  let mark = input.at ?? (await begin(deps, connection, line.session))
  for (;;) {
    const { granted, waitMs } = await inTenant(deps.db, tenantId, (sql) => reserveCalls(sql, connectionId, 1, () => 0))
    if (granted === 0) return { done: false, waitMs, at: mark }
    const page = await readPage(line.session, mark)
    const { cursor: _, ...rest } = mark
    const watermark = later(mark.watermark, page.until)
    mark = {
      ...rest,
      ...(watermark !== undefined && { watermark }),
      ...(page.nextCursor !== undefined && { cursor: page.nextCursor }),
    }
    const next = await inTenant(deps.db, tenantId, async (sql) => {
      // Asked anew since: what this reading passes over may count by now, so the next begins at the beginning.
      if (!(await holdPoll(sql, connectionId, mark.reading))) return null
      await page.store(sql, connection)
      await correctBudget(sql, connection, line.limit())
      await noteAnswer(sql, connectionId)
      if (page.unreadable > 0) await quarantine(sql, connection, [unreadable(page.unreadable, mark.feed)])
      // Only now: whoever reads again after a failure must ask for as much as before.
      return page.nextCursor === undefined ? endReading(sql, at, mark) : mark
    })
    if (next === null) return { done: true, waitMs: 0 }
    mark = next
    if (Date.now() - startedAt > longestPassMs) return { done: false, waitMs: 0, at: mark }
  }
}

/** A page of whatever is being read. */
interface Page {
  /** The greatest change stamp in it. */
  readonly until: string | undefined
  readonly unreadable: number
  readonly nextCursor: string | undefined
  /** Puts what it holds into the inbox. */
  store(sql: Sql, connection: Connection): Promise<void>
}

async function readPage(session: Session, { feed: name, cursor, since }: ReadMark): Promise<Page> {
  const asked = { ...(cursor !== undefined && { cursor }), ...(since !== undefined && { updatedSince: since }) }
  const feed = changeFeeds.find((each) => each === name)
  if (feed === undefined || !session.listChanges) {
    const { contacts, unreadable, nextCursor } = await session.listContacts(asked)
    const until = contacts.reduce<string | undefined>((latest, contact) => later(latest, contact.updatedAt), undefined)
    return { until, unreadable, nextCursor, store: (sql, connection) => storeObservations(sql, connection, contacts) }
  }
  const { events, updatedUntil, unreadable, nextCursor } = await session.listChanges({ feed, ...asked })
  return {
    until: updatedUntil,
    unreadable,
    nextCursor,
    store: (sql, connection) => storeRead(sql, connection, feed, events),
  }
}

/** Notes what has been read to its end. @returns what is to be read next; null: nothing more */
async function endReading(sql: Sql, at: At, mark: ReadMark): Promise<ReadMark | null> {
  const { connection } = at
  const { reading, feed, watermark } = mark
  const until = watermark === undefined ? null : new Date(watermark)
  if (feed !== undefined) await noteFeedRead(sql, connection, feed, until)
  else if (!(await notePoll(sql, connection.id, reading, until))) return null
  const feeds = at.connector.changeFeeds.filter((each) => bringsFeedDown(at, each))
  const done = feeds.find((each) => each === feed)
  const next = feeds[done === undefined ? 0 : feeds.indexOf(done) + 1]
  if (next === undefined) return null
  const read = (await feedMarks(sql, connection.id)).get(next)
  return {
    reading,
    feed: next,
    ...(read?.readAt && read.watermark && { since: behind(read.watermark) }),
  }
}

const behind = (watermark: Date): string => new Date(watermark.getTime() - overlapMs).toISOString()

/** Sees to the webhook and to the place for the Edge number, and says from when on to read. */
async function begin(deps: Deps, connection: Connection, session: Session): Promise<ReadMark> {
  const { id, tenantId, platform, tier, settings } = connection
  const { reading, readUntil, webhookSecret } = await inTenant(deps.db, tenantId, async (sql) => ({
    ...(await notePollBegun(sql, connection)),
    ...(await loadSecrets(sql, deps.keyring, id)),
  }))
  const mark: ReadMark = { reading }
  // BY-01: before a person has approved what it would do, nothing is changed there.
  if (connection.preview !== null) return mark
  const sendsTexts = openStreams(platform, tier, settings.streams).has('notifications')
  const texts = sendsTexts ? { texts: settings.texts.via } : {}
  await session.ensureWebhook({ url: `${deps.publicUrl}/webhooks/${platform}/${id}`, secret: webhookSecret, ...texts })
  const fields = {
    externalIdField: await unlessForbidden(() => session.ensureExternalIdField()),
    acquisitionField: await unlessForbidden(() => session.ensureAcquisitionField()),
  }
  await inTenant(deps.db, tenantId, (sql) => noteContactFields(sql, id, fields))
  return readUntil === null ? mark : { ...mark, since: behind(readUntil) }
}

function unreadable(count: number, feed = 'contacts'): NewQuarantine {
  return {
    stage: 'down',
    subject: `${feed} of the platform`,
    code: 'unreadable_event',
    message: `${count} of the platform's ${feed === 'contacts' ? 'contacts' : `entries (${feed})`} could not be read.`,
  }
}

/** Null where the account is not allowed such a field: its customers go up all the same. */
async function unlessForbidden(ensure: () => Promise<string>): Promise<string | null> {
  try {
    return await ensure()
  } catch (error) {
    // The webhook was seen to with the same token: it is this that the account may not have.
    if (error instanceof JumpringError && (error.code === 'auth' || error.code === 'platform_refused')) return null
    throw error
  }
}

function later(latest: string | undefined, stamp: string | undefined): string | undefined {
  if (stamp === undefined || latest === undefined) return stamp ?? latest
  return Date.parse(stamp) > Date.parse(latest) ? stamp : latest
}
