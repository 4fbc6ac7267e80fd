import { type LinkState, stillToBeShown } from '@jumpring/sync'
import type { Sql } from '../scope.ts'
import { quarantine, resolveQuarantine, type Stage } from './quarantine.ts'

/** A link as it has just been stored. */
interface Stored {
  readonly id: string
  readonly sourceId: string
  readonly key: string | null
  readonly status: string
  readonly state: LinkState
  /** The phones of which people were told (link.denied_shown). */
  readonly told: readonly string[]
}

const stage: Stage = 'consent'

/**
 * No platform can be told that a phone must not be contacted (ADR 0031): people are, once a phone. The entry closes when the platform
 * says so itself, shows the phone no more, or a person has seen to it. While a phone that we wrote is still to be shown nothing is
 * said: it may take the other's place.
 * @param links of one connection, locked
 */
export async function noteStillContactable(sql: Sql, links: readonly Stored[]): Promise<void> {
  const settled = links.filter(({ status, state }) => status !== 'active' || !stillToBeShown('phone', state))
  const shownBy = ({ status, state }: Stored) => (status === 'active' ? state.seen.phones : [])
  const denied = await deniedElsewhere(sql, settled.flatMap(shownBy), settled[0]?.id)
  for (const link of settled) {
    const phones = shownBy(link).filter((phone) => denied.has(phone))
    const isSame = phones.length === link.told.length && phones.every((phone) => link.told.includes(phone))
    if (link.key !== null && !isSame) await tell(sql, link, link.key, phones)
  }
}

/** Those among these phones that must not be contacted, where the platform of this link has not said so itself. */
async function deniedElsewhere(
  sql: Sql,
  phones: readonly string[],
  linkId: string | undefined,
): Promise<ReadonlySet<string>> {
  if (phones.length === 0) return new Set()
  const { rows } = await sql.query<{ phone: string; said: boolean }>(
    `SELECT o.phone, bool_or(o.origin IN (c.platform, c.platform || ', paused')) AS said
     FROM link l JOIN connection c ON c.id = l.connection_id JOIN opt_out o ON o.tenant_id = l.tenant_id AND o.phone = ANY($1)
     WHERE l.id = $2 GROUP BY o.phone`,
    [phones, linkId],
  )
  return new Set(rows.filter(({ said }) => !said).map(({ phone }) => phone))
}

async function tell(sql: Sql, link: Stored, key: string, phones: readonly string[]): Promise<void> {
  // The link's id, for the customer may get another number.
  const subject = link.id
  const { rows } = await sql.query<{ tenant_id: string; id: string; is_open: boolean }>(
    `UPDATE link l SET denied_shown = $2 WHERE l.id = $1 RETURNING l.tenant_id, l.connection_id AS id, EXISTS (
       SELECT FROM quarantine q WHERE q.connection_id = l.connection_id AND q.stage = $3 AND q.subject = $4 AND q.resolved_at IS NULL) AS is_open`,
    [link.id, phones, stage, subject],
  )
  for (const { tenant_id: tenantId, id, is_open: isOpen } of rows) {
    if (phones.length === 0) await resolveQuarantine(sql, id, stage, [subject])
    // What a person has seen to is not said again.
    else if (isOpen || phones.some((phone) => !link.told.includes(phone)))
      await quarantine(sql, { id, tenantId }, [
        { stage, subject, sourceId: link.sourceId, key, code: 'still_contactable', message: messageFor(phones) },
      ])
  }
}

/** The customer of a link has got another number: its entry goes along. */
export async function renameStillContactable(sql: Sql, connectionId: string, linkId: string, key: string) {
  await sql.query(
    'UPDATE quarantine SET key = $4 WHERE connection_id = $1 AND stage = $2 AND subject = $3 AND resolved_at IS NULL',
    [connectionId, stage, linkId, key],
  )
}

/** Names phones so that staff know them, and nobody else. */
function messageFor(phones: readonly string[]): string {
  const endings = phones.map((phone) => phone.slice(-4)).join(', ')
  return phones.length === 1
    ? `The contact has a phone that must not be contacted, ending in ${endings}: opt it out on the platform, or take it off the contact.`
    : `The contact has phones that must not be contacted, ending in ${endings}: opt them out on the platform, or take them off the contact.`
}
