import type { StoreDatabase } from '../database.ts'
import type { RowOf } from '../schema/table.ts'
import { Activity, Appointment, Notes, Notification, Phone, Wishlist } from '../schema/tables.ts'
import { found, Refusal } from './refusal.ts'
import { pad } from './stock.ts'

export type AppointmentRow = RowOf<typeof Appointment>
export type NotificationRow = RowOf<typeof Notification>
export type WishRow = RowOf<typeof Wishlist>
export type NoteRow = RowOf<typeof Notes>

/** What the store agrees with its customers, tells them and writes down about them. */
export class Diary {
  readonly #database: StoreDatabase

  constructor(database: StoreDatabase) {
    this.#database = database
  }

  appointment(fields: Partial<AppointmentRow>): AppointmentRow {
    const now = this.#database.now()
    return this.#database.insert(Appointment, {
      AppointmentKey: this.#nextKey('Appointment', 'P'),
      AppointmentStart: now,
      AppointmentMinutes: 30,
      AppointmentStatus: 'Scheduled',
      AppointmentDateEntered: now,
      ...fields,
    })
  }

  findAppointment(key: string): AppointmentRow {
    return found(this.#database.get(Appointment, key), `appointment ${key}`)
  }

  /** Moves, completes, cancels, or says that nobody came. */
  changeAppointment(key: string, fields: Partial<AppointmentRow>): AppointmentRow {
    return found(this.#database.update(Appointment, [key], fields), `appointment ${key}`)
  }

  /** A text to a customer, to the first of their phones unless another is given. It waits for who sends it. */
  notification(fields: Partial<NotificationRow>): NotificationRow {
    const customer = fields.NotificationCustKey ?? ''
    const [phone] = this.#database.values(Phone, 'PhonePhone', 'PhoneCustKey = ? ORDER BY PhoneNo LIMIT 1', customer)
    return this.#database.insert(Notification, {
      NotificationKey: this.#nextKey('Notification', 'T'),
      NotificationType: 'Text',
      NotificationPhone: phone ?? '',
      NotificationDateEntered: this.#database.now(),
      NotificationStatus: 'Pending',
      ...fields,
    })
  }

  changeNotification(key: string, fields: Partial<NotificationRow>): NotificationRow {
    return found(this.#database.update(Notification, [key], fields), `notification ${key}`)
  }

  wish(fields: Partial<WishRow>): WishRow {
    const key = this.#nextKey('Wishlist', 'W')
    return this.#database.insert(Wishlist, { WishlistKey: key, WishlistDateEntered: this.#database.now(), ...fields })
  }

  /** Another item, or other words. What was bought is a wish no more. */
  changeWish(key: string, fields: Partial<WishRow>): WishRow {
    const wish = found(this.#database.get(Wishlist, key), `wish ${key}`)
    if (wish.WishlistDateBought) throw new Refusal(`Wish ${key} has been fulfilled.`)
    return found(this.#database.update(Wishlist, [key], { WishlistUpdateUser: 'POS', ...fields }), `wish ${key}`)
  }

  /** EDT: it is not erased, it gets a date. */
  removeWish(key: string): WishRow {
    return this.changeWish(key, { WishlistDateRemoved: this.#database.now() })
  }

  /** Its words, or its lock; a locked one does not change. */
  changeNote(key: string, fields: Partial<NoteRow>): NoteRow {
    const note = found(this.#database.get(Notes, key), `note ${key}`)
    if (note.NotesLocked === true) throw new Refusal(`Note ${key} is locked.`)
    return found(this.#database.update(Notes, [key], { NotesUpdateUser: 'POS', ...fields }), `note ${key}`)
  }

  note(fields: Partial<NoteRow>): NoteRow {
    const key = this.#nextKey('Notes', 'N')
    return this.#database.insert(Notes, { NotesKey: key, NotesDate: this.#database.now(), ...fields })
  }

  activity(fields: Partial<RowOf<typeof Activity>>): RowOf<typeof Activity> {
    const key = this.#nextKey('Activity', 'A')
    return this.#database.insert(Activity, { ActivityKey: key, ActivityDate: this.#database.now(), ...fields })
  }

  #nextKey(kind: string, letter: string): string {
    return `001-${letter}${pad(this.#database.nextNumber(kind), 5)}`
  }
}
