import type { WorkKind } from '@jumpring/contracts'
import type { Sql } from '../scope.ts'
import { lockContacts } from './feeds.ts'
import { isKnown } from './waiting.ts'

/** A customer, as the objects that belong to it need it. Of one who is not selected (CB-01) they wait as if it had no contact. */
export interface ContactRef {
  /** What the store has shown of this customer: a record, one that could not be taken and lies in quarantine, or nothing. */
  readonly shown: 'record' | 'refused' | 'nothing'
  /** How the platform knows the contact; null while it does not. */
  readonly identifiers: readonly string[] | null
  readonly name: string | null
  /** The platform's id of it, as far as it has been shown. */
  readonly uid: string | null
  /** The number of whose it is, which is another's where the contact is shared. */
  readonly holder: string | null
  /** It is another customer's, with whom this one shares it. */
  readonly isShared: boolean
}

/** Names a customer of a source. */
export interface CustomerAt {
  readonly sourceId: string
  readonly customer: string
}

/**
 * The contacts of customers, in their order. Who shares the contact of another is shown at that one's. From here on until the
 * transaction ends no contact becomes known unnoticed: whoever is to wait for one can be made to (`waitForCustomers`).
 */
export async function contactsOf(
  sql: Sql,
  connection: { id: string; tenantId: string },
  customers: readonly CustomerAt[],
): Promise<ContactRef[]> {
  if (customers.length === 0) return []
  await lockContacts(sql, connection.id)
  const { rows } = await sql.query<{
    shown: ContactRef['shown']
    identifiers: string[] | null
    name: string | null
    uid: string | null
    holder: string | null
    is_shared: boolean
  }>(
    `SELECT CASE
         WHEN EXISTS (SELECT FROM record r WHERE r.tenant_id = $2 AND r.source_id = t.source_id AND r.kind = 'customer' AND r.key = t.key) THEN 'record'
         WHEN EXISTS (SELECT FROM quarantine q WHERE q.tenant_id = $2 AND coalesce(q.connection_id, q.source_id) = t.source_id
           AND q.stage IN ('agent', 'ingest') AND q.subject = t.key AND q.kind = 'customer' AND q.resolved_at IS NULL) THEN 'refused'
         ELSE 'nothing' END AS shown,
       CASE WHEN ${isKnown('holder')} AND is_selected($1, $2, t.source_id, t.key) THEN holder.identifiers END AS identifiers, holder.state->'sent'->>'name' AS name,
       holder.uid, holder.key AS holder, mine.status IS NOT DISTINCT FROM 'shared' AS is_shared
     FROM unnest($3::uuid[], $4::text[]) WITH ORDINALITY AS t(source_id, key, i)
     LEFT JOIN link mine ON mine.connection_id = $1 AND mine.source_id = t.source_id AND mine.kind = 'customer' AND mine.key = t.key
     LEFT JOIN link holder ON holder.connection_id = $1 AND holder.kind = 'customer'
       AND holder.source_id = CASE WHEN mine.status = 'shared' AND strpos(mine.shared_with, '/') > 0
         THEN split_part(mine.shared_with, '/', 1)::uuid ELSE t.source_id END
       AND holder.key = CASE WHEN mine.status = 'shared' THEN split_part(mine.shared_with, '/', -1) ELSE mine.key END
     ORDER BY t.i`,
    [connection.id, connection.tenantId, customers.map((one) => one.sourceId), customers.map((one) => one.customer)],
  )
  return rows.map(({ is_shared: isShared, ...contact }) => ({ ...contact, isShared }))
}

/** Leaves records on the work list until the platform has their customer's contact. After `contactsOf`, in its transaction. */
export async function waitForCustomers(
  sql: Sql,
  connectionId: string,
  waiting: readonly (CustomerAt & { kind: WorkKind; key: string; ticket: string })[],
): Promise<void> {
  if (waiting.length === 0) return
  await sql.query(
    `UPDATE pending p SET not_before = 'infinity', waits_for = t.customer, reason = 'waited'
     FROM unnest($2::uuid[], $3::text[], $4::text[], $5::bigint[], $6::text[]) AS t(source_id, kind, key, ticket, customer)
     WHERE p.connection_id = $1 AND p.source_id = t.source_id AND p.kind = t.kind AND p.key = t.key AND p.ticket = t.ticket`,
    [
      connectionId,
      waiting.map((one) => one.sourceId),
      waiting.map((one) => one.kind),
      waiting.map((one) => one.key),
      waiting.map((one) => one.ticket),
      waiting.map((one) => one.customer),
    ],
  )
}
