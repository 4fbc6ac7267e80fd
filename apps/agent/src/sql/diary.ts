import { acquisitionSchema, appointmentSchema, noteSchema, notificationSchema } from '@jumpring/contracts'
import { beginningOf, normalizeKey, normalizePlainKey } from '@jumpring/sync'
import { associateOf, instantOf, keyOf, longTextOf, wholeNumber } from '../edt/fields.ts'
import { checked, withoutGaps } from '../edt/record.ts'
import { flag, type Scalar, text } from '../edt/values.ts'
import type { ReadOf, Unreadable } from '../store/reading.ts'
import type { StoreSettings } from '../store-settings.ts'
import type { Row } from './columns.ts'

/** Raise it when a mapping below gives another record for the same row. */
export const diaryMapping = 1

/** A why-in. Its key stays as The Edge writes it: customers name it so. */
export function readAcquisition({ WhyInKey, WhyInDesc }: Row): ReadOf<'acquisition'> | Unreadable {
  const rawKey = text(WhyInKey)
  if (rawKey === undefined) return { key: null, message: 'WhyInKey is missing.' }
  const label = beginningOf(text(WhyInDesc), 500)
  const faults = label === undefined ? ['WhyInDesc is empty.'] : []
  return checked({ kind: 'acquisition', key: rawKey, rawKey }, acquisitionSchema, { label }, faults)
}

const appointmentStatuses = new Map([
  ['scheduled', 'scheduled'],
  ['completed', 'completed'],
  ['canceled', 'canceled'],
  ['cancelled', 'canceled'],
  ['noshow', 'no_show'],
])

/** An appointment, with its associate's name where the query joins it in. */
export function readAppointment(row: Row, { timeZone }: StoreSettings): ReadOf<'appointment'> | Unreadable {
  const named = plainKeyOf('AppointmentKey', row.AppointmentKey)
  if ('message' in named) return named
  const faults: string[] = []
  const startsAt = instantOf(row.AppointmentStart, timeZone)
  if (startsAt === undefined) faults.push('AppointmentStart is not a time.')
  const status = appointmentStatuses.get((text(row.AppointmentStatus) ?? '').toLowerCase().replace(/[^a-z]/g, ''))
  if (status === undefined)
    faults.push('AppointmentStatus is none of "Scheduled", "Completed", "Canceled" and "No Show".')
  const minutes = wholeNumber(row.AppointmentMinutes)
  const record = withoutGaps({
    customer: keyOf('AppointmentCustKey', row.AppointmentCustKey, normalizeKey, faults),
    startsAt,
    minutes: minutes !== undefined && minutes >= 0 && minutes <= 1440 ? minutes : undefined,
    subject: beginningOf(text(row.AppointmentSubject), 500),
    note: beginningOf(text(row.AppointmentNotes), 8000),
    status,
    createdAt: instantOf(row.AppointmentDateEntered, timeZone),
    updatedAt: instantOf(row.AppointmentUpdateDate, timeZone),
    associate: associateOf(row.AppointmentAsKey, row),
  })
  return checked({ kind: 'appointment', ...named }, appointmentSchema, record, faults)
}

/** A text message that waits to be sent. */
export function readNotification(row: Row, { timeZone }: StoreSettings): ReadOf<'notification'> | Unreadable {
  const named = plainKeyOf('NotificationKey', row.NotificationKey)
  if ('message' in named) return named
  const faults: string[] = []
  const [phone, body] = [text(row.NotificationPhone), text(row.NotificationMessage)]
  if (phone === undefined) faults.push('NotificationPhone is empty.')
  if (body === undefined) faults.push('NotificationMessage is empty.')
  if (body !== undefined && body.length > 1600) faults.push('NotificationMessage is longer than a text message may be.')
  const createdAt = instantOf(row.NotificationDateEntered, timeZone)
  // Without it nobody could say whether it is too old to be sent.
  if (createdAt === undefined) faults.push('NotificationDateEntered is not a time.')
  const customer = keyOf('NotificationCustKey', row.NotificationCustKey, normalizeKey, faults)
  const record = withoutGaps({ customer, phone, body, createdAt })
  return checked({ kind: 'notification', ...named }, notificationSchema, record, faults)
}

/** A note about a customer. An unclear lock counts as one. */
export function readNote(row: Row, { timeZone }: StoreSettings): ReadOf<'note'> | Unreadable {
  const named = plainKeyOf('NotesKey', row.NotesKey)
  if ('message' in named) return named
  const faults: string[] = []
  const body = longTextOf(row.NotesText)
  if (body === undefined) faults.push('NotesText is empty.')
  const record = withoutGaps({
    customer: keyOf('NotesCustKey', row.NotesCustKey, normalizeKey, faults),
    text: body,
    at: instantOf(row.NotesDate, timeZone),
    locked: flag(row.NotesLocked, true),
    associate: associateOf(row.NotesAsKey, row),
  })
  return checked({ kind: 'note', ...named }, noteSchema, record, faults)
}

function plainKeyOf(field: string, value: Scalar | undefined): { key: string; rawKey: string } | Unreadable {
  const rawKey = text(value)
  const key = rawKey === undefined ? null : normalizePlainKey(rawKey)
  if (rawKey === undefined || key === null)
    return { key: null, message: `${field} is missing, or is not a number of the known form.` }
  return { key, rawKey }
}
