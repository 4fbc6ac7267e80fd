import { platformNames } from '@jumpring/contracts'
import { contactableThere, type LinkState } from '@jumpring/sync'
import type { Sql } from '../scope.ts'
import { findConnection } from './connections.ts'
import { optedOut } from './opt-outs.ts'
import { type NewQuarantine, quarantine, resolveQuarantine, type Stage } from './quarantine.ts'

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
 * A platform is not told that a phone must not be contacted (ADR 0031): people are, once a phone. The entry closes when the contact
 * shows that its owner opted out there too, when it shows the phone no more, or when a person has seen to it.
 * @param links of this connection, locked
 */
export async function noteStillContactable(
  sql: Sql,
  { id, tenantId }: { id: string; tenantId: string },
  links: readonly Stored[],
): Promise<void> {
  const shownBy = ({ status, state }: Stored) => (status === 'active' ? contactableThere(state.seen) : [])
  const denied = await optedOut(sql, tenantId, links.flatMap(shownBy))
  const changed = links.flatMap((link) => {
    const phones = shownBy(link).filter((phone) => denied.has(phone))
    const isSame = phones.length === link.told.length && phones.every((phone) => link.told.includes(phone))
    return link.key === null || isSame ? [] : [{ link, key: link.key, phones }]
  })
  if (changed.length === 0) return
  type Change = (typeof changed)[number]
  const connection = await findConnection(sql, id)
  if (!connection) return
  await rememberTold(
    sql,
    changed.map(({ link, phones }) => ({ id: link.id, phones })),
  )
  const entryFor = ({ link, key, phones }: Change): NewQuarantine => ({
    stage,
    // The link's id, for the customer may get another number.
    subject: link.id,
    sourceId: link.sourceId,
    key,
    code: 'still_contactable',
    message: messageFor(phones, platformNames[connection.platform]),
  })
  const isNew = ({ link, phones }: Change) => phones.some((phone) => !link.told.includes(phone))
  const fewer = changed.filter((one) => !isNew(one))
  await quarantine(sql, connection, changed.filter(isNew).map(entryFor))
  await reword(sql, id, fewer.filter(({ phones }) => phones.length > 0).map(entryFor))
  await resolveQuarantine(
    sql,
    id,
    stage,
    fewer.filter(({ phones }) => phones.length === 0).map(({ link }) => link.id),
  )
}

async function rememberTold(
  sql: Sql,
  told: readonly { readonly id: string; readonly phones: readonly string[] }[],
): Promise<void> {
  await sql.query(
    `UPDATE link l SET denied_shown = ARRAY(SELECT jsonb_array_elements_text(t.phones))
     FROM jsonb_to_recordset($1::jsonb) AS t(id uuid, phones jsonb) WHERE l.id = t.id AND l.id = ANY($2)`,
    [JSON.stringify(told), told.map(({ id }) => id)],
  )
}

/** What is open still names only what is left; what a person has seen to is not opened again. */
async function reword(sql: Sql, connectionId: string, entries: readonly NewQuarantine[]): Promise<void> {
  if (entries.length === 0) return
  await sql.query(
    `UPDATE quarantine q SET message = t.message FROM unnest($3::text[], $4::text[]) AS t(subject, message)
     WHERE q.connection_id = $1 AND q.stage = $2 AND q.subject = t.subject AND q.resolved_at IS NULL`,
    [connectionId, stage, entries.map(({ subject }) => subject), entries.map(({ message }) => message)],
  )
}

/** The customer of a link has got another number: its entry goes along. */
export async function renameStillContactable(sql: Sql, connectionId: string, linkId: string, key: string) {
  await sql.query(
    'UPDATE quarantine SET key = $4 WHERE connection_id = $1 AND stage = $2 AND subject = $3 AND resolved_at IS NULL',
    [connectionId, stage, linkId, key],
  )
}

/** Names phones so that staff know them, and nobody else. */
function messageFor(phones: readonly string[], platform: string): string {
  const endings = phones.map((phone) => phone.slice(-4)).join(', ')
  return phones.length === 1
    ? `The contact in ${platform} has a phone that must not be contacted, ending in ${endings}: opt it out there, or take it off the contact.`
    : `The contact in ${platform} has phones that must not be contacted, ending in ${endings}: opt them out there, or take them off the contact.`
}
