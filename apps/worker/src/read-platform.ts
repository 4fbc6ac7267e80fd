import type { Session } from '@jumpring/connector-kit'
import { connectorFor } from '@jumpring/connectors'
import { JumpringError, openStreams } from '@jumpring/contracts'
import { inTenant, loadSecrets } from '@jumpring/db'
import {
  type Connection,
  correctBudget,
  findConnection,
  type NewQuarantine,
  noteAnswer,
  noteContactFields,
  noteOutage,
  notePoll,
  notePollBegun,
  quarantine,
  reserveCalls,
  storeObservations,
} from '@jumpring/db/engine'
import type { ConnectionInput, ReadMark, ReadResult } from '@jumpring/workflows'
import { type Deps, isRunning } from './context.ts'
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
  const line = openLine({ deps, connection, connector: connectorFor(connection.platform) })
  let mark = input.at ?? (await begin(deps, connection, line.session))
  for (;;) {
    const { granted, waitMs } = await inTenant(deps.db, tenantId, (sql) => reserveCalls(sql, connectionId, 1, () => 0))
    if (granted === 0) return { done: false, waitMs, at: mark }
    const page = await line.session.listContacts({
      ...(mark.cursor !== undefined && { cursor: mark.cursor }),
      ...(mark.since !== undefined && { updatedSince: mark.since }),
    })
    const { cursor: _, ...rest } = mark
    const watermark = page.contacts.reduce((latest, contact) => later(latest, contact.updatedAt), mark.watermark)
    mark = {
      ...rest,
      ...(watermark !== undefined && { watermark }),
      ...(page.nextCursor !== undefined && { cursor: page.nextCursor }),
    }
    await inTenant(deps.db, tenantId, async (sql) => {
      await storeObservations(sql, connection, page.contacts)
      await correctBudget(sql, connection, line.limit())
      await noteAnswer(sql, connectionId)
      if (page.unreadable > 0) await quarantine(sql, connection, [unreadable(page.unreadable)])
      // Only now: whoever reads again after a failure must ask for as much as before.
      if (page.nextCursor === undefined)
        await notePoll(sql, connectionId, mark.watermark ? new Date(mark.watermark) : null)
    })
    if (page.nextCursor === undefined) return { done: true, waitMs: 0 }
    if (Date.now() - startedAt > longestPassMs) return { done: false, waitMs: 0, at: mark }
  }
}

/** Sees to the webhook and to the place for the Edge number, and says from when on to read. */
async function begin(deps: Deps, connection: Connection, session: Session): Promise<ReadMark> {
  const { id, tenantId, platform, tier, settings, platformReadAt, pollWatermark } = connection
  const { webhookSecret } = await inTenant(deps.db, tenantId, async (sql) => {
    await notePollBegun(sql, connection)
    return loadSecrets(sql, deps.keyring, id)
  })
  const sendsTexts = openStreams(platform, tier, settings.streams).has('notifications')
  const texts = sendsTexts ? { texts: settings.texts.via } : {}
  await session.ensureWebhook({ url: `${deps.publicUrl}/webhooks/${platform}/${id}`, secret: webhookSecret, ...texts })
  const fields = {
    externalIdField: await unlessForbidden(() => session.ensureExternalIdField()),
    acquisitionField: await unlessForbidden(() => session.ensureAcquisitionField()),
  }
  await inTenant(deps.db, tenantId, (sql) => noteContactFields(sql, id, fields))
  return platformReadAt && pollWatermark ? { since: new Date(pollWatermark.getTime() - overlapMs).toISOString() } : {}
}

function unreadable(count: number): NewQuarantine {
  return {
    stage: 'down',
    subject: 'contacts of the platform',
    code: 'unreadable_event',
    message: `${count} of the platform's contacts could not be read.`,
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
