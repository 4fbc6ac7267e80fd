import type { Sql } from '../scope.ts'
import { quarantine, resolveQuarantine } from './quarantine.ts'

interface Told {
  readonly tenant_id: string
  readonly connection_id: string
  readonly source_id: string
  readonly key: string
  /** As `holderId` gives it. */
  readonly subject: string
  /** Phones on the contact that must not be contacted, as the platform does not say itself. */
  readonly phones: readonly string[]
  /** Some of them are new, or people have not said yet that they saw to those that are not. */
  readonly is_open: boolean
}

/**
 * No platform can be told that a phone must not be contacted (ADR 0031): people are, once a phone. The entry closes when the platform
 * says so itself, shows the phone no more, or a person has seen to it. While a phone that we wrote is still to be shown, it may take the
 * other's place.
 * @param linkIds of customers, locked
 */
export async function noteStillContactable(sql: Sql, linkIds: readonly string[]): Promise<void> {
  const { rows } = await sql.query<Told>(
    `WITH shown AS (
       SELECT l.id, coalesce(array_agg(number ORDER BY number) FILTER (WHERE number IS NOT NULL), '{}') AS phones
       FROM link l JOIN connection c ON c.id = l.connection_id
       LEFT JOIN jsonb_array_elements_text(l.state->'seen'->'phones') AS number ON l.status = 'active'
         AND EXISTS (SELECT FROM opt_out o WHERE o.tenant_id = l.tenant_id AND o.phone = number)
         AND NOT EXISTS (SELECT FROM opt_out o WHERE o.tenant_id = l.tenant_id AND o.phone = number
           AND o.origin IN (c.platform, c.platform || ', paused'))
       WHERE l.id = ANY($1) AND l.key IS NOT NULL
         AND (l.status <> 'active' OR NOT l.state->'awaiting' @> '[{"field": "phone"}]')
       GROUP BY l.id)
     UPDATE link l SET denied_shown = shown.phones FROM shown, link before
     WHERE l.id = shown.id AND before.id = l.id AND l.denied_shown <> shown.phones
     RETURNING l.tenant_id, l.connection_id, l.source_id, l.key, l.source_id || '/' || l.key AS subject, shown.phones,
       NOT shown.phones <@ before.denied_shown OR EXISTS (SELECT FROM quarantine q WHERE q.connection_id = l.connection_id
         AND q.stage = 'consent' AND q.subject = l.source_id || '/' || l.key AND q.resolved_at IS NULL) AS is_open`,
    [linkIds],
  )
  for (const {
    tenant_id: tenantId,
    connection_id: id,
    source_id: sourceId,
    key,
    subject,
    phones,
    is_open: isOpen,
  } of rows) {
    if (phones.length === 0) await resolveQuarantine(sql, id, 'consent', [subject])
    else if (isOpen)
      await quarantine(sql, { id, tenantId }, [
        { stage: 'consent', subject, sourceId, key, code: 'still_contactable', message: messageFor(phones) },
      ])
  }
}

/** Names phones so that staff know them, and nobody else. */
function messageFor(phones: readonly string[]): string {
  const endings = phones.map((phone) => phone.slice(-4)).join(', ')
  return phones.length === 1
    ? `The contact has a phone that must not be contacted, ending in ${endings}: opt it out on the platform, or take it off the contact.`
    : `The contact has phones that must not be contacted, ending in ${endings}: opt them out on the platform, or take them off the contact.`
}
