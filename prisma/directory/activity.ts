import {
  type Address,
  type Customer,
  connectionSettingsSchema,
  customerSchema,
  type Wish,
  wishSchema,
} from '@jumpring/contracts'
import { type PlatformObject, type SheetKind, sheetKinds } from '@jumpring/sync'
import { contactEffects } from '../engine/contact-effects.ts'
import { objectEffects } from '../engine/object-work.ts'
import { sheetEffects } from '../engine/sheet-work.ts'
import { type Database, inTenant, type Sql } from '../scope.ts'
import type { ConnectionAt } from './connections.ts'

/** One thing that was brought from one side to the other, as a shop owner reads it. */
export interface Activity {
  readonly id: string
  readonly at: Date
  /** UP: The Edge to the platform. DOWN: the platform to The Edge. */
  readonly direction: 'UP' | 'DOWN'
  /** The record's Edge key; null while The Edge has not yet given one. */
  readonly key: string | null
  readonly customerName: string | null
  readonly changes: readonly { readonly field: string; readonly value: string }[]
  /** From the change on the one side to its arrival on the other; null where its age tells nothing (a bulk, a resync, a replay, a wait for its customer). */
  readonly latencyMs: number | null
}

/**
 * An entry shows this long after it happened: transactions commit in another order than they begin, and a reader who follows
 * would pass over one that commits late.
 */
const settleMs = 400

interface Row {
  readonly id: string
  readonly at: Date
  readonly direction: 'UP' | 'DOWN'
  readonly kind: string
  readonly key: string | null
  readonly what: unknown
  readonly since: Date | null
  readonly payload: string | null
}

/**
 * What a connection has brought over, oldest first: the newest entries, or those that follow `after`.
 * @param wanted.after the `at` (ISO) and id of the last entry the reader has
 */
export function listActivity(
  db: Database,
  at: ConnectionAt,
  wanted: { limit: number; after?: { value: string; id: string } | undefined },
): Promise<Activity[]> {
  const { after, limit } = wanted
  const order = after === undefined ? 'DESC' : 'ASC'
  const page = (time: string) => `
    AND ${time} < now() - interval '${settleMs} milliseconds' ${after === undefined ? '' : `AND (${time}, id) > ($3, $4)`}
    ORDER BY ${time} ${order}, id ${order} LIMIT $2`
  const query = `
    WITH up AS (
      SELECT id, done_at AS at, 'UP' AS direction, tenant_id, source_id, kind, key, fields AS what, changed_at AS since
      FROM effect WHERE connection_id = $1 AND status = 'done' ${page('done_at')}
    ), finished AS (
      SELECT * FROM command WHERE connection_id = $1 AND status = 'done' ${page('updated_at')}
    ), down AS (
      SELECT c.id, c.updated_at AS at, 'DOWN' AS direction, c.tenant_id, c.source_id, coalesce(l.kind, 'customer') AS kind,
             coalesce(l.key, c.wish->>'key') AS key, c.wish AS what, c.created_at AS since
      FROM finished c LEFT JOIN link l ON l.id = c.link_id
    ), brought AS (SELECT * FROM up UNION ALL SELECT * FROM down ORDER BY at ${order}, id ${order} LIMIT $2)
    SELECT b.id, b.at, b.direction, b.kind, b.key, b.what, b.since, r.payload
    FROM brought b
    LEFT JOIN record r ON r.tenant_id = b.tenant_id AND r.source_id = b.source_id AND r.kind = 'customer'
      AND r.key = CASE WHEN b.what ? 'customer' THEN b.what->>'customer' ELSE b.key END
    ORDER BY b.at, b.id`
  const parameters = after === undefined ? [at.connectionId, limit] : [at.connectionId, limit, after.value, after.id]
  return inTenant(db, at.tenantId, async (sql) => {
    const { rows } = await sql.query<Row>(query, parameters)
    const named = await namesOfCustomFields(sql, at.connectionId)
    return rows.map((row) => toActivity(row, named))
  })
}

/** What people call a custom field, by its number. */
type NameOfField = (field: string) => string

/** As the connection's mapping calls them. */
async function namesOfCustomFields(sql: Sql, connectionId: string): Promise<NameOfField> {
  const { rows } = await sql.query<{ settings: unknown }>('SELECT settings FROM connection WHERE id = $1', [
    connectionId,
  ])
  const mappings = rows.flatMap(({ settings }) => connectionSettingsSchema.parse(settings).customFields)
  const names = new Map<string, string | undefined>(mappings.map(({ field, name }) => [field, name]))
  return (field) => names.get(field) ?? `custom field ${field}`
}

function toActivity(row: Row, nameOfField: NameOfField): Activity {
  const { id, at, direction, key, since } = row
  const latencyMs = since === null ? null : Math.max(0, at.getTime() - since.getTime())
  const customer = row.payload === null ? undefined : customerSchema.parse(JSON.parse(row.payload))
  const named = customer ? nameOf(customer) : null
  if (direction === 'UP') {
    const changes =
      row.kind === 'customer'
        ? changesOfContact(row.what)
        : isSheet(row.kind)
          ? changesOfSheet(row.kind, row.what, nameOfField)
          : [changeOfObject(row.what)]
    return { id, at, direction, key, latencyMs, customerName: named, changes }
  }
  const wish = wishSchema.parse(row.what)
  const name = named ?? (wish.do === 'createCustomer' ? nameOf(wish) : null)
  return { id, at, direction, key, latencyMs, customerName: name, changes: changesOfWish(wish, nameOfField) }
}

type Change = Activity['changes'][number]

function changesOfContact(what: unknown): Change[] {
  const { write } = contactEffects.decision.parse(what)
  return Object.entries(write).flatMap(([field, value]) => (value === undefined ? [] : [{ field, value: show(value) }]))
}

const isSheet = (kind: string): kind is SheetKind => sheetKinds.some((one) => one === kind)

function changesOfSheet(kind: SheetKind, what: unknown, nameOfField: NameOfField): Change[] {
  const { fields } = sheetEffects.decision.parse(what)
  if (kind === 'customFields')
    return Object.entries(fields).map(([field, value]) => ({ field: nameOfField(field), value: value ?? '' }))
  if (kind === 'note') return [{ field: 'note', value: fields.text ?? '' }]
  const words = fields.description ?? fields.item ?? ''
  return [{ field: 'wish', value: fields.present === 'yes' ? words : `${words} (off the list)` }]
}

function changeOfObject(what: unknown): Change {
  const { object } = objectEffects.decision.parse(what)
  return { field: object.type, value: summaryOf(object) }
}

function summaryOf(object: PlatformObject): string {
  switch (object.type) {
    case 'product':
      return `${object.title}${object.archived === null ? '' : ` (archived: ${object.archived})`}`
    case 'purchase':
      return `${object.description ?? `sale ${object.sale}`}, ${(object.amount.minor / 100).toFixed(2)} ${object.amount.currency}`
    case 'appointment':
      return [object.subject, object.startsAt, object.status].filter(Boolean).join(', ')
    case 'serviceJob':
      return [object.number, object.summary, object.status].filter(Boolean).join(', ')
  }
}

function changesOfWish(wish: Wish, nameOfField: NameOfField): Change[] {
  switch (wish.do) {
    case 'notificationStatus':
      return [{ field: 'text message', value: wish.status }]
    case 'optOut':
      return wish.phones.map((phone) => ({ field: 'doNotContact', value: phone }))
    case 'addMethods':
    case 'createCustomer':
      return [
        ...wish.phones.map((phone) => ({ field: 'phone', value: phone })),
        ...wish.emails.map((email) => ({ field: 'email', value: email })),
        ...wish.addresses.map((address) => ({ field: 'address', value: show(address) })),
      ]
    case 'setCustomFields':
      return Object.entries(wish.fields).map(([field, { value }]) => ({
        field: nameOfField(field),
        value: value ?? '',
      }))
    case 'putNote':
      return [{ field: 'note', value: wish.text }]
    case 'putWish':
      return [{ field: 'wish', value: wish.wished.description ?? wish.wished.item ?? '' }]
    case 'addActivity':
      return [{ field: wish.channel, value: wish.subject ?? wish.body }]
  }
}

/** As people call a customer; null where the record has no name. */
export function nameOf(person: Pick<Customer, 'firstName' | 'lastName' | 'company'>): string | null {
  const name = [person.firstName, person.lastName].filter((part) => part !== undefined).join(' ')
  return name || (person.company ?? null)
}

function show(value: string | Address): string {
  if (typeof value === 'string') return value
  const { street, street2, city, state, zip, country } = value
  return [street, street2, city, [state, zip].filter(Boolean).join(' '), country].filter(Boolean).join(', ')
}
