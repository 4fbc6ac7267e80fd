import { randomUUID } from 'node:crypto'
import { type Address, JumpringError, wishSchema } from '@jumpring/contracts'
import { type ContactFields, identifiersOf, type MethodLabels, type Observation, unlinked, unmix } from '@jumpring/sync'
import { z } from 'zod'
import { leaveContact } from '../engine/belongings.ts'
import { dropCommandsOf } from '../engine/commands.ts'
import { isWriting } from '../engine/effects.ts'
import { holderId } from '../engine/holders.ts'
import { type Link, linkColumns, linkOf, observationSchema } from '../engine/links.ts'
import { quarantine, resolveQuarantine } from '../engine/quarantine.ts'
import type { UndoneMatch } from '../engine/undone-matches.ts'
import { noteUnmatched } from '../engine/unmatched.ts'
import { putWork } from '../engine/work.ts'
import type { Database, Sql } from '../scope.ts'
import { type ConnectionAt, lockConnection } from './connections.ts'
import { inTenantPastDeadlocks } from './deadlock.ts'
import type { CustomerRef, Decider } from './duplicate-decisions.ts'
import { takeBackSheets } from './unmatch-sheets.ts'

/** Makes the payload that gives a contact its own values back; null where there is nothing to write. */
export type FreezeRestore = (contact: {
  readonly uid: string
  readonly restore: ContactFields
  readonly written: ContactFields
  readonly identifiers: readonly string[]
  /** What its own values were called there. */
  readonly labels: MethodLabels
  readonly acquisitionField: string | null
}) => unknown

/** What undoing a match has found, and remembers. */
export interface UndoneMatchSeen extends UndoneMatch {
  readonly id: string
}

/**
 * Undoes a wrong match: the link is taken apart, the contact gets back what it showed before, and the customer is looked at as if it
 * had none. From then on the two are kept apart. What came down as the customer's is told to the store, which alone can take it away.
 * @throws `not_found`; `conflict` where nothing was matched, others share the contact, or a write to it or into the store is under way
 */
export function undoMatch(
  db: Database,
  at: ConnectionAt,
  customer: CustomerRef,
  by: Decider,
  freeze: FreezeRestore,
): Promise<UndoneMatchSeen> {
  return inTenantPastDeadlocks(db, at.tenantId, async (sql) => {
    await lockConnection(sql, at)
    const { link, before, acquisitionField } = await lockMatch(sql, at, customer)
    const { restore, written, contact } = unmix(before, link.state)
    const cameDown = { ...(await takeBackWishes(sql, link.id)), notes: await takeBackSheets(sql, at, customer) }
    const match: UndoneMatch = { cameDown, written }
    const id = await remember(sql, at, { customer, by, uid: before.uid, match })
    const identifiers = identifiersOf(link.state)
    await takeApart(sql, at, link.id, { contact, identifiers, eventId: `unmatched:${id}` })
    await resolveQuarantine(sql, at.connectionId, 'consent', [link.id])
    const frozen = freeze({
      uid: before.uid,
      restore,
      written,
      identifiers,
      labels: before.labels ?? {},
      acquisitionField,
    })
    if (frozen !== null) await storeRestoration(sql, at, customer, { frozen, restore })
    const connection = { id: at.connectionId, tenantId: at.tenantId }
    await leaveContact(sql, connection, customer)
    await putWork(sql, { connectionId: at.connectionId, ...customer, reason: 'decided' })
    const message = messageOf(match)
    if (message !== null)
      await quarantine(sql, connection, [{ stage: 'unmatch', subject: id, ...customer, code: 'wrong_match', message }])
    return { id, ...match }
  })
}

const matchSchema = z.object({
  matched_by: z.string().nullable(),
  matched_from: observationSchema.nullable(),
  acquisition_field: z.string().nullable(),
  shared: z.boolean(),
})

async function lockMatch(
  sql: Sql,
  at: ConnectionAt,
  { sourceId, key }: CustomerRef,
): Promise<{ link: Link; before: Observation; acquisitionField: string | null }> {
  const { rows } = await sql.query<{ link_id: string }>(
    `SELECT ${linkColumns('l')}, l.matched_by, l.matched_from, c.acquisition_field,
       EXISTS (SELECT FROM link o WHERE o.connection_id = l.connection_id AND o.uid = l.uid AND o.kind = l.kind AND o.id <> l.id) AS shared
     FROM link l JOIN connection c ON c.id = l.connection_id
     WHERE l.connection_id = $1 AND l.source_id = $2 AND l.kind = 'customer' AND l.key = $3 FOR UPDATE OF l`,
    [at.connectionId, sourceId, key],
  )
  const [row] = rows
  const link = row ? linkOf(row) : null
  if (!link) throw new JumpringError('not_found', 'The customer has no contact on the platform.')
  const {
    matched_by: reason,
    matched_from: before,
    acquisition_field: acquisitionField,
    shared,
  } = matchSchema.parse(row)
  if (link.status !== 'active' || before === null || reason === 'cameFromPlatform' || link.uid !== before.uid)
    throw new JumpringError('conflict', 'Nobody matched this customer with a contact that was there before.')
  if (shared) throw new JumpringError('conflict', 'Other customers share this contact; keep those apart from it first.')
  if (await isWriting(sql, at.connectionId, { sourceId, key }))
    throw new JumpringError('conflict', 'A write to the contact is under way; try again in a moment.')
  return { link, before, acquisitionField }
}

/** Takes back what no agent has got yet. Gives the methods that came down, or may have. */
async function takeBackWishes(sql: Sql, linkId: string): Promise<Omit<UndoneMatch['cameDown'], 'notes'>> {
  await dropCommandsOf(sql, [linkId])
  const { rows } = await sql.query<{ wish: unknown }>(
    `SELECT wish FROM command WHERE link_id = $1 AND status IN ('written', 'done') ORDER BY created_at`,
    [linkId],
  )
  const added = rows.map(({ wish }) => wishSchema.parse(wish)).filter((wish) => wish.do === 'addMethods')
  return {
    phones: [...new Set(added.flatMap(({ phones }) => phones))],
    emails: [...new Set(added.flatMap(({ emails }) => emails))],
    addresses: added.flatMap(({ addresses }) => addresses),
  }
}

async function remember(
  sql: Sql,
  at: ConnectionAt,
  { customer, by, uid, match }: { customer: CustomerRef; by: Decider; uid: string; match: UndoneMatch },
): Promise<string> {
  const id = randomUUID()
  await sql.query(
    `INSERT INTO duplicate_decision (id, tenant_id, decision, customers, kind, value, connection_id, match, decided_by, decided_as)
     VALUES ($1, $2, 'apart', ARRAY[$3], 'contact', $4, $5, $6, $7, $8)`,
    [
      id,
      at.tenantId,
      holderId(customer.sourceId, customer.key),
      uid,
      at.connectionId,
      JSON.stringify(match),
      by.id,
      by.role,
    ],
  )
  return id
}

/** The customer has no contact any more; the contact is met anew, and until then nobody's first write goes by what stands on it. */
async function takeApart(
  sql: Sql,
  { tenantId, connectionId }: ConnectionAt,
  linkId: string,
  { contact, identifiers, eventId }: { contact: Observation; identifiers: readonly string[]; eventId: string },
): Promise<void> {
  await sql.query(
    `UPDATE link SET uid = NULL, shared_with = NULL, identifiers = '{}', state = $2, denied_shown = '{}', deferred = NULL, created_by = NULL,
       matched_by = NULL, matched_at = NULL, matched_from = NULL, updated_at = now() WHERE id = $1`,
    [linkId, JSON.stringify(unlinked)],
  )
  const all = [...new Set([...identifiers, ...contact.phones, ...contact.emails])]
  await noteUnmatched(sql, { id: connectionId, tenantId }, { uid: contact.uid, eventId, identifiers: all })
  await sql.query(
    `INSERT INTO inbox (connection_id, tenant_id, event_id, origin, body) VALUES ($1, $2, $3, 'observation', $4)`,
    [connectionId, tenantId, eventId, JSON.stringify(contact)],
  )
}

/** The customer is not looked at before the contact has its own values back. */
async function storeRestoration(
  sql: Sql,
  at: ConnectionAt,
  customer: CustomerRef,
  { frozen, restore }: { frozen: unknown; restore: ContactFields },
): Promise<void> {
  await sql.query(
    `INSERT INTO effect (tenant_id, connection_id, source_id, kind, key, seq, lane, frozen, fields)
     SELECT $1, $2, r.source_id, r.kind, r.key, r.seq, 'live', $5, $6 FROM record r
     WHERE r.tenant_id = $1 AND r.source_id = $3 AND r.kind = 'customer' AND r.key = $4`,
    [
      at.tenantId,
      at.connectionId,
      customer.sourceId,
      customer.key,
      JSON.stringify(frozen),
      // Nothing of it is the customer's: once it is made the customer has still sent nothing.
      JSON.stringify({ write: restore, sent: {} }),
    ],
  )
}

/** What is left for people to do; null where that is nothing. Names values so that staff know them, and nobody else. */
function messageOf({ cameDown, written }: UndoneMatch): string | null {
  const inEdge = [
    ...cameDown.phones.map(hintOfPhone),
    ...cameDown.emails.map(hintOfEmail),
    ...cameDown.addresses.map(hintOfAddress),
    ...(cameDown.notes > 0 ? [cameDown.notes === 1 ? 'a note' : `${cameDown.notes} notes`] : []),
  ]
  const onPlatform = [
    ...(written.phone === undefined ? [] : [hintOfPhone(written.phone)]),
    ...(written.email === undefined ? [] : [hintOfEmail(written.email)]),
  ]
  const sentences = [
    ...(inEdge.length > 0 ? [`Not this customer's, take away in The Edge: ${inEdge.join(', ')}.`] : []),
    ...(onPlatform.length > 0
      ? [`See that these are gone from the contact on the platform: ${onPlatform.join(', ')}.`]
      : []),
  ]
  return sentences.length === 0 ? null : sentences.join(' ')
}

const hintOfPhone = (phone: string) => `the phone ending in ${phone.slice(-4)}`
const hintOfEmail = (email: string) => `the e-mail ${email.slice(0, 1)}…${email.slice(email.indexOf('@'))}`
const hintOfAddress = ({ city }: Address) => (city ? `the address in ${city}` : 'an address')
