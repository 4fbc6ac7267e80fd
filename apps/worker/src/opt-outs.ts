import { type Customer, customerSchema } from '@jumpring/contracts'
import type { Sql } from '@jumpring/db'
import {
  findRecord,
  holdersOf,
  lookAgain,
  optedOut,
  queueCommand,
  type RunCounts,
  rememberOptOuts,
} from '@jumpring/db/engine'
import { normalizePhone, type Observation } from '@jumpring/sync'
import type { At } from './context.ts'

/** An opt-out reaches The Edge in every mode, and nothing lifts it (guarantee 6). */
export async function optOuts(
  sql: Sql,
  { connection }: At,
  phones: readonly string[],
  counts: RunCounts,
): Promise<void> {
  const denied = await rememberOptOuts(sql, connection.tenantId, phones, connection.platform)
  if (denied.length === 0) return
  await lookAgain(sql, connection.tenantId, denied)
  const holders = await holdersOf(sql, connection, 'phone', denied)
  for (const [holder] of Map.groupBy(holders, ({ id }) => id).values()) {
    const payload = holder && (await findRecord(sql, { ...holder, tenantId: connection.tenantId }, holder.key))
    if (!payload) continue
    const customer = customerSchema.parse(JSON.parse(payload))
    await markInEdge(sql, connection, { ...holder, customer }, new Set(denied), counts)
  }
}

/** Has The Edge mark those of the denied phones that the customer has there as contactable. */
export async function markInEdge(
  sql: Sql,
  connection: At['connection'],
  { sourceId, key, customer }: { sourceId: string; key: string; customer: Customer },
  denied: ReadonlySet<string>,
  counts: RunCounts,
): Promise<void> {
  const contactable = customer.phones
    .filter((phone) => !phone.doNotContact)
    .flatMap((phone) => normalizePhone(phone.number, connection.region) ?? [])
  const phones = [...new Set(contactable)].filter((phone) => denied.has(phone))
  if (phones.length === 0) return
  await queueCommand(sql, connection, { sourceId, linkId: null, wish: { do: 'optOut', key, phones } })
  counts.commanded += 1
}

/** The contact's phones that must not be contacted: as it says itself, and as anybody has ever said of the number. */
export async function deniedOf(sql: Sql, tenantId: string, contact: Observation): Promise<string[]> {
  const known = await optedOut(sql, tenantId, contact.phones)
  return contact.phones.filter((phone) => known.has(phone) || contact.optedOutPhones.includes(phone))
}
