import type { Session } from '@jumpring/connector-kit'
import { JumpringError } from '@jumpring/contracts'
import { inTenant, loadSecrets } from '@jumpring/db'
import {
  correctBudget,
  findConnection,
  noteExternalIdField,
  notePoll,
  reserveCalls,
  storeObservations,
} from '@jumpring/db/engine'
import type { ConnectionInput, ReadResult } from '@jumpring/workflows'
import { connectorFor, type Deps } from './context.ts'
import { openLine } from './session.ts'

/** Read again behind the watermark: the platform's stamps are not finer than a second and its writes are applied late. */
const overlapMs = 5 * 60_000
const longestPassMs = 20_000

/**
 * Asks the platform for its contacts, all of them at first and then what changed, and puts them into the inbox: a platform that
 * forgets a webhook loses nothing. Also sees to it that our webhook exists and is enabled, and that contacts have a place for the Edge customer number.
 */
export async function readPlatform(deps: Deps, input: ConnectionInput & { cursor?: string }): Promise<ReadResult> {
  const { tenantId, connectionId } = input
  const startedAt = Date.now()
  const connection = await inTenant(deps.db, tenantId, (sql) => findConnection(sql, connectionId))
  if (!connection || connection.status === 'paused') return { done: true, waitMs: 0 }
  const at = { deps, connection, connector: connectorFor(connection.platform) }
  const line = openLine(at)
  if (input.cursor === undefined) {
    const { webhookSecret } = await inTenant(deps.db, tenantId, (sql) => loadSecrets(sql, deps.keyring, connectionId))
    await line.session.ensureWebhook({
      url: `${deps.publicUrl}/webhooks/${connection.platform}/${connectionId}`,
      secret: webhookSecret,
    })
    const field = await externalIdField(line.session)
    await inTenant(deps.db, tenantId, (sql) => noteExternalIdField(sql, connectionId, field))
  }
  const since =
    connection.platformReadAt && connection.pollWatermark
      ? new Date(connection.pollWatermark.getTime() - overlapMs).toISOString()
      : undefined
  let cursor = input.cursor
  let watermark: Date | null = null
  for (;;) {
    const { granted, waitMs } = await inTenant(deps.db, tenantId, (sql) => reserveCalls(sql, connectionId, 1, () => 0))
    if (granted === 0) return { done: false, waitMs, ...(cursor !== undefined && { cursor }) }
    const page = await line.session.listContacts({
      ...(cursor !== undefined && { cursor }),
      ...(since !== undefined && { updatedSince: since }),
    })
    watermark = page.contacts.reduce<Date | null>((latest, contact) => later(latest, contact.updatedAt), watermark)
    const isLast = page.nextCursor === undefined
    await inTenant(deps.db, tenantId, async (sql) => {
      await storeObservations(sql, connection, page.contacts)
      await correctBudget(sql, connection, line.limit())
      await notePoll(sql, connectionId, { watermark, whole: isLast })
    })
    cursor = page.nextCursor
    if (cursor === undefined) return { done: true, waitMs: 0 }
    if (Date.now() - startedAt > longestPassMs) return { done: false, waitMs: 0, cursor }
  }
}

/** Null where the account is not allowed one: its customers go up all the same. */
async function externalIdField(session: Session): Promise<string | null> {
  try {
    return await session.ensureExternalIdField()
  } catch (error) {
    // The webhook was seen to with the same token: it is this that the account may not have.
    if (error instanceof JumpringError && (error.code === 'auth' || error.code === 'platform_refused')) return null
    throw error
  }
}

function later(latest: Date | null, stamp: string | undefined): Date | null {
  if (stamp === undefined) return latest
  const date = new Date(stamp)
  return latest === null || date > latest ? date : latest
}
