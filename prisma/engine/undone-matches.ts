import { addressSchema, type Customer } from '@jumpring/contracts'
import type { ContactFields } from '@jumpring/sync'
import { methodsOf, normalizeAddress, sameAddress } from '@jumpring/sync'
import { z } from 'zod'
import type { Sql } from '../scope.ts'
import { fieldsSchema } from './links.ts'
import { resolveQuarantine } from './quarantine.ts'
import { reopenEvents } from './unmatched.ts'

/** What a match that was undone had brought to either side (duplicate_decision.match). */
export const undoneMatchSchema = z.object({
  /** Contact methods that came down as the customer's and are not: only the store can take them away. */
  cameDown: z.object({
    phones: z.array(z.string()),
    emails: z.array(z.string()),
    addresses: z.array(addressSchema),
    /** How many notes. Whether they are gone, a person says. */
    notes: z.int().default(0),
  }),
  /** What was written to the contact as the customer's. */
  written: fieldsSchema,
})
export type UndoneMatch = z.infer<typeof undoneMatchSchema>

/** Whom people have said a contact is not, by undoning its match with them: ids of holders, and what had been written to it as theirs. */
export async function undoneMatchesOf(
  sql: Sql,
  connection: { id: string; tenantId: string },
  uid: string,
): Promise<{ ids: ReadonlySet<string>; written: ContactFields[] }> {
  const { rows } = await sql.query<{ customers: string[]; match: unknown }>(
    `SELECT customers, match FROM duplicate_decision
     WHERE tenant_id = $1 AND connection_id = $2 AND kind = 'contact' AND value = $3 AND match IS NOT NULL AND undone_at IS NULL`,
    [connection.tenantId, connection.id, uid],
  )
  return {
    ids: new Set(rows.flatMap(({ customers }) => customers)),
    written: rows.map(({ match }) => undoneMatchSchema.parse(match).written),
  }
}

/** Has contacts looked at once more that wait because of these customers, with whom their match was undone. */
export async function reopenUndone(
  sql: Sql,
  connection: { id: string; tenantId: string },
  ids: readonly string[],
): Promise<void> {
  const { rows } = await sql.query<{ event_id: string }>(
    `SELECT DISTINCT u.event_id FROM duplicate_decision d JOIN unmatched u ON u.connection_id = d.connection_id AND u.uid = d.value
     WHERE d.tenant_id = $1 AND d.connection_id = $2 AND d.match IS NOT NULL AND d.undone_at IS NULL AND d.customers && $3`,
    [connection.tenantId, connection.id, ids],
  )
  await reopenEvents(
    sql,
    connection.id,
    rows.map((row) => row.event_id),
  )
}

/** Closes the entries of the worklist whose customers have nothing of another's any more. */
export async function resolveUndoneMatches(
  sql: Sql,
  connection: { id: string; region: string },
  customers: readonly { readonly id: string; readonly customer: Customer }[],
): Promise<void> {
  if (customers.length === 0) return
  const { rows } = await sql.query<{ subject: string; customers: string[]; match: unknown }>(
    `SELECT q.subject, d.customers, d.match FROM quarantine q JOIN duplicate_decision d ON d.id::text = q.subject
     WHERE q.connection_id = $1 AND q.stage = 'unmatch' AND q.resolved_at IS NULL AND d.customers && $2`,
    [connection.id, customers.map(({ id }) => id)],
  )
  const clean = rows.filter(({ customers: ids, match }) => {
    const { cameDown } = undoneMatchSchema.parse(match)
    return customers
      .filter(({ id }) => ids.includes(id))
      .every(({ customer }) => {
        const has = methodsOf(customer, connection.region)
        return (
          cameDown.notes === 0 &&
          !cameDown.phones.some((phone) => has.phones.includes(phone)) &&
          !cameDown.emails.some((email) => has.emails.includes(email)) &&
          !cameDown.addresses
            .flatMap((address) => normalizeAddress(address) ?? [])
            .some((address) => has.addresses.some((one) => sameAddress(one, address)))
        )
      })
  })
  await resolveQuarantine(
    sql,
    connection.id,
    'unmatch',
    clean.map(({ subject }) => subject),
  )
}
