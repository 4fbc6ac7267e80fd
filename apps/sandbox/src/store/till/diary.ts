import type { StoreDatabase } from '../database.ts'
import type { RowOf } from '../schema/table.ts'
import { Activity, Appointment, Notes, Notification, Phone, Wishlist } from '../schema/tables.ts'
import { found } from './refusal.ts'
import { pad } from './stock.ts'

export type AppointmentRow = RowOf<typeof Appointment>
export type NotificationRow = RowOf<typeof Notification>

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

  wish(fields: Partial<RowOf<typeof Wishlist>>): RowOf<typeof Wishlist> {
    const key = this.#nextKey('Wishlist', 'W')
    return this.#database.insert(Wishlist, { WishlistKey: key, WishlistDateEntered: this.#database.now(), ...fields })
  }

  note(fields: Partial<RowOf<typeof Notes>>): RowOf<typeof Notes> {
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
