import type { RecordKind, Report } from '@jumpring/contracts'
import { beginningOf } from '@jumpring/sync'
import { DateTime } from 'luxon'
import { longTextOf, shortText } from '../edt/fields.ts'
import type { StatementWish } from '../store/commands.ts'
import type { Store } from '../store/store.ts'
import type { StoreSettings } from '../store-settings.ts'
import { columnsOf, columnValue, readRow } from './columns.ts'
import type { RawRow } from './database.ts'
import { readNote } from './diary.ts'
import { readings } from './records.ts'
import { stampOf } from './stamp.ts'
import type { Values } from './statements.ts'
import type { Writes } from './write-mapping.ts'

/**
 * What a look at the row decides. `done`: it is as is wished. `changed`: it is neither what was expected nor what is wished, or locked.
 * `customer`: the parameter that names one who must be there.
 */
export type Decision =
  | 'done'
  | 'changed'
  | 'missing'
  | { readonly statement: string; readonly values: Values; readonly customer?: string }

/** A command as statements: what to look at, and what to write then. */
export interface Change {
  readonly current: string
  readonly key: string
  decide(row: RawRow | undefined): Decision
  /** A sentence for where there is no such row to change. */
  readonly missing: string
  /** The kind of record in which it shows. */
  readonly shows: RecordKind | null
}

/** Why a command cannot be written at all. */
export type Refusal = Omit<Extract<Report, { outcome: 'failed' }>, 'id' | 'outcome'>

export interface ChangeParts {
  readonly store: Pick<Store, 'mirror'>
  readonly settings: StoreSettings
  readonly writes: Writes
}

/** The change that a wish asks for, or why there is none. */
export function changeOf(wish: StatementWish, parts: ChangeParts): Change | Refusal {
  switch (wish.do) {
    case 'notificationStatus':
      return statusChange(wish, parts)
    case 'putNote':
      return noteChange(wish, parts)
    case 'putWish':
      return wishChange(wish, parts)
    case 'addActivity':
      return activityChange(wish, parts)
  }
}

type Of<Do extends StatementWish['do']> = Extract<StatementWish, { do: Do }>

function statusChange(
  { notification, status, reason = '', at }: Of<'notificationStatus'>,
  parts: ChangeParts,
): Change | Refusal {
  const { store, writes } = parts
  const mapped = writes.notificationStatus
  if (mapped === undefined) return unmapped('the state of a text message')
  const key = store.mirror.rawKey('notification', notification) ?? notification
  const word = mapped.statuses[status]
  // A sentence of ours, for people: the only text that may be cut.
  const detail = beginningOf(reason, shortText)
  const values = { key, status: word, reason: detail, ...timesOf(at, parts) }
  return {
    current: mapped.current,
    key,
    decide: (row) => {
      if (row === undefined) return 'missing'
      const stands = columnValue(row, 'status') === word && (columnValue(row, 'detail') ?? '') === detail
      return stands ? 'done' : { statement: mapped.update, values }
    },
    missing: 'The store has no text message of this number.',
    shows: null,
  }
}

function noteChange(wish: Of<'putNote'>, parts: ChangeParts): Change | Refusal {
  const { store, settings, writes } = parts
  const mapped = writes.note
  if (mapped === undefined) return unmapped('notes')
  const wished = longTextOf(wish.text) ?? ''
  const tooLong = unlessFits('The note', wished, mapped.longest.text)
  if (tooLong) return tooLong
  const key = store.mirror.rawKey('note', wish.key) ?? wish.key
  const values = { ...commonValues(wish, key, parts), text: wished }
  return {
    current: mapped.current,
    key,
    decide: (row) => {
      if (row === undefined) return wish.expected === null ? inserted(mapped.insert, values) : 'missing'
      const held = readNote(readRow(row, columnsOf.note), settings)
      if ('message' in held) return 'changed'
      if (held.record.text === wished) return 'done'
      if (held.record.locked || held.record.text !== longTextOf(wish.expected)) return 'changed'
      return { statement: mapped.update, values: { ...values, version: versionOf(row) } }
    },
    missing: 'The store has no note of this number.',
    shows: 'note',
  }
}

function wishChange(wish: Of<'putWish'>, parts: ChangeParts): Change | Refusal {
  const { store, settings, writes } = parts
  const mapped = writes.wish
  if (mapped === undefined) return unmapped('wishes')
  const wished = plain(wish.wished)
  const whole = wished.description ?? ''
  const { description: room, memo: more } = mapped.longest
  const description = beginningOf(whole, room)
  const memo = whole.slice(description.length)
  const tooLong = unlessFits('The description of the wish', whole, description.length + more)
  if (tooLong) return tooLong
  const key = store.mirror.rawKey('wish', wish.key) ?? wish.key
  const item = wished.item === null ? '' : (store.mirror.rawKey('item', wished.item) ?? wished.item)
  const account = store.mirror.customer(wish.customer)?.customer.accountKey ?? wish.customer
  const values = { ...commonValues(wish, key, parts), account, item, description, memo }
  return {
    current: mapped.current,
    key,
    decide: (row) => {
      if (row === undefined) {
        const removedAt = wished.present ? null : values.at
        return wish.expected === null ? inserted(mapped.insert, { ...values, removedAt }) : 'missing'
      }
      const fields = readRow(row, columnsOf.wish)
      const held = readings.wish.read({ fields, lists: {} }, settings)
      if ('message' in held || held.kind !== 'wish') return 'changed'
      const { item, description, boughtAt, removedAt } = held.record
      const open = boughtAt === undefined && removedAt === undefined
      const stands = plain({ present: open, item: item ?? null, description: description ?? null })
      if (same(stands, wished)) return 'done'
      // What was bought is no wish any more.
      const taken = boughtAt !== undefined && wished.present
      if (wish.expected === null || taken || !same(stands, plain(wish.expected))) return 'changed'
      // The first removal counts, and a purchase needs none.
      const removed = removedAt === undefined ? values.at : timesOf(removedAt, parts).at
      const isKept = wished.present || (boughtAt !== undefined && removedAt === undefined)
      return {
        statement: mapped.update,
        values: { ...values, removedAt: isKept ? null : removed, version: versionOf(row) },
      }
    },
    missing: 'The store has no wish of this number.',
    shows: 'wish',
  }
}

function activityChange(wish: Of<'addActivity'>, parts: ChangeParts): Change | Refusal {
  const mapped = parts.writes.activity
  if (mapped === undefined) return unmapped('the Activity tab')
  const subject = longTextOf(wish.subject) ?? (wish.channel === 'text' ? 'Text message' : 'E-mail')
  const detail = [longTextOf(wish.body) ?? '', ...wish.attachments].filter(Boolean).join('\n')
  const tooLong =
    unlessFits('The subject of the message', subject, mapped.longest.subject) ??
    unlessFits('The message', detail, mapped.longest.detail)
  if (tooLong) return tooLong
  const own = { type: mapped.types[wish.channel], subject, detail }
  const values = { ...commonValues(wish, wish.key, parts), ...own }
  return {
    current: mapped.current,
    key: wish.key,
    decide: (row) => (row === undefined ? inserted(mapped.insert, values) : 'done'),
    missing: '',
    shows: null,
  }
}

/** The parameters that all but the state of a text have. */
function commonValues(
  { customer, at, associate }: Pick<Of<'putNote'>, 'customer' | 'at' | 'associate'>,
  key: string,
  parts: ChangeParts,
) {
  return {
    key,
    customer: parts.store.mirror.customer(customer)?.rawKey ?? customer,
    ...timesOf(at, parts),
    associate: associate === undefined ? null : Number(associate),
    user: associate ?? 'Jumpring',
  }
}

const inserted = (statement: string, values: Values & { readonly customer: string }): Decision => ({
  statement,
  values,
  customer: values.customer,
})

function unlessFits(what: string, value: string, room: number): Refusal | undefined {
  if (value.includes('\0')) return doesNotFit(`${what} holds a character that no database takes.`)
  if (value.length <= room) return undefined
  return doesNotFit(`${what} is longer than The Edge takes (${value.length} characters, room for ${room}).`)
}

const doesNotFit = (message: string): Refusal => ({ code: 'value_does_not_fit', message })
const unmapped = (what: string): Refusal => ({
  message: `The agent's mapping file does not say how ${what} is written into The Edge's database.`,
})

type Wished = Of<'putWish'>['wished']
const plain = ({ present, item, description }: Wished): Wished => ({
  present,
  item,
  description: longTextOf(description) ?? null,
})
const same = (one: Wished, other: Wished) => JSON.stringify(one) === JSON.stringify(other)

const versionOf = (row: RawRow) => stampOf(columnValue(row, 'version'))

/** When it happened, and now, as this database takes times. */
function timesOf(at: string, { settings, writes }: ChangeParts) {
  const form = writes.times === 'T' ? "yyyy-MM-dd'T'HH:mm:ss" : 'yyyy-MM-dd HH:mm:ss'
  const local = (instant: DateTime) => instant.setZone(settings.timeZone).toFormat(form)
  return { at: local(DateTime.fromISO(at)), now: local(DateTime.now()) }
}
