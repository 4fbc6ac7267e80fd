import type { Sql } from '@jumpring/db'
import {
  findRecord,
  holdersOf,
  lockIdentities,
  lookAgain,
  markInEdge,
  optedOut,
  type PhoneToMark,
  type RunCounts,
  rememberOptOuts,
  storedCustomerSchema,
} from '@jumpring/db/engine'
import { contactableInEdge, type Observation } from '@jumpring/sync'
import type { At } from './context.ts'

/**
 * Remembers opt-outs. Comes before a link is locked or anything is put on the work list: it waits for whoever follows the journal.
 * @returns those that the platform had not said before, for `spreadOptOuts`
 */
export async function noteOptOuts(sql: Sql, { connection }: At, phones: readonly string[]): Promise<string[]> {
  const denied = await rememberOptOuts(sql, connection.tenantId, phones, connection.platform)
  if (denied.length > 0) await lockIdentities(sql, connection.tenantId)
  return denied
}

/**
 * Remembers opt-outs of which The Edge is not told yet. They count at once, on every connection; when the platform says them again
 * (what it said is kept) they are new with it, and reach The Edge.
 */
export async function heardOptOuts(sql: Sql, { connection }: At, phones: readonly string[]): Promise<void> {
  const { tenantId, platform } = connection
  const heard = await rememberOptOuts(sql, tenantId, phones, `${platform}, paused`)
  if (heard.length > 0) await lockIdentities(sql, tenantId)
  await lookAgain(sql, tenantId, heard)
}

/**
 * An opt-out reaches The Edge in every mode, and nothing lifts it (guarantee 6). Whoever gets the phone later is marked when the
 * journal is followed.
 */
export async function spreadOptOuts(
  sql: Sql,
  { connection }: At,
  denied: readonly string[],
  counts: RunCounts,
): Promise<void> {
  if (denied.length === 0) return
  const { tenantId, region } = connection
  await lookAgain(sql, tenantId, denied)
  const toMark: PhoneToMark[] = []
  for (const { sourceId, key, value } of await holdersOf(sql, connection, 'phone', denied)) {
    const payload = await findRecord(sql, { tenantId, sourceId }, key)
    const { data: customer } = storedCustomerSchema.safeParse(payload)
    if (customer && contactableInEdge(customer, region).has(value)) toMark.push({ sourceId, key, phone: value })
  }
  counts.commanded += await markInEdge(sql, connection, toMark)
}

/** The contact's phones that must not be contacted: as it says itself, and as anybody has ever said of the number. */
export async function deniedOf(sql: Sql, tenantId: string, contact: Observation): Promise<string[]> {
  const known = await optedOut(sql, tenantId, contact.phones)
  return contact.phones.filter((phone) => known.has(phone) || contact.optedOutPhones.includes(phone))
}
