import type { NotificationRow } from '../till/diary.ts'
import { customWork, notes, repairs, subjects } from './catalog.ts'
import type { Event, Shop } from './shop.ts'

/** Workshop and diary. */
export const serviceEvents: Event[] = [
  { weight: 8, what: 'repair', happen: repair },
  { weight: 1, what: 'custom work', happen: custom },
  { weight: 1, what: 'appraisal', happen: appraise },
  { weight: 10.8, what: 'job done', happen: jobDone },
  { weight: 10.2, what: 'job picked up', happen: pickUp },
  { weight: 4, what: 'appointment', happen: makeAppointment },
  { weight: 1, what: 'appointment moved', happen: moveAppointment },
  { weight: 4, what: 'appointment ended', happen: endAppointment },
  { weight: 1, what: 'reminder', happen: remind },
  { weight: 2, what: 'wish', happen: wish },
  { weight: 2, what: 'note', happen: note },
  { weight: 1, what: 'activity', happen: call },
]

function repair(shop: Shop): string | undefined {
  const [summary, price] = shop.chance.pick(repairs)
  return takeIn(shop, 'Repair', summary, price, 3)
}

function custom(shop: Shop): string | undefined {
  return takeIn(shop, 'Custom', shop.chance.pick(customWork), 400 + shop.chance.below(2600), 21)
}

function appraise(shop: Shop): string | undefined {
  return takeIn(shop, 'Appraisal', 'Appraisal for insurance', 95, 5)
}

function takeIn(shop: Shop, type: 'Repair' | 'Custom' | 'Appraisal', summary: string, price: number, days: number) {
  const customer = shop.people.pick()
  if (!customer) return undefined
  const description = `${summary}. Taken in with ${shop.chance.pick(['one ring', 'a chain', 'a watch', 'two rings'])}.`
  const promised = shop.later(days + shop.chance.below(7))
  const associate = 1 + shop.chance.below(9)
  const job = shop.till.workshop.takeIn({ customer, type, summary, description, price, promised, associate })
  shop.openJobs.add(String(job.JobKey))
  return `${customer} brings in: ${summary}, ${job.JobKey}`
}

function jobDone(shop: Shop): string | undefined {
  const key = shop.openJobs.take()
  if (!key) return undefined
  const job = shop.till.workshop.done(key)
  shop.doneJobs.add(key)
  const ready = `Your ${job.JobType === 'Special Order' ? 'order' : 'piece'} is ready for pickup: ${job.JobSummary}.`
  const told =
    shop.chance.once(4) || !job.JobCustKey
      ? ''
      : text(shop, job.JobCustKey, 'Repair Ready', ready, { NotificationJobKey: key })
  return `${key} is done${told}`
}

function pickUp(shop: Shop): string | undefined {
  const key = shop.doneJobs.take()
  if (!key) return undefined
  const { JobCustKey, JobSummary } = shop.till.workshop.pickUp(key)
  return `${JobCustKey} picks up ${key}: ${JobSummary}`
}

function makeAppointment(shop: Shop): string | undefined {
  const customer = shop.people.pick()
  if (!customer) return undefined
  const row = shop.till.diary.appointment({
    AppointmentCustKey: customer,
    AppointmentStart: shop.later(shop.chance.below(21)),
    AppointmentMinutes: shop.chance.pick([15, 30, 60]),
    AppointmentSubject: shop.chance.pick(subjects),
    AppointmentNotes: shop.chance.once(3) ? 'Bring the old ring.' : '',
    AppointmentAsKey: 1 + shop.chance.below(9),
  })
  shop.appointments.add(String(row.AppointmentKey))
  return `${customer} has an appointment at ${row.AppointmentStart}: ${row.AppointmentKey}`
}

function moveAppointment(shop: Shop): string | undefined {
  const key = shop.appointments.pick()
  if (!key) return undefined
  const AppointmentStart = shop.later(1 + shop.chance.below(14))
  shop.till.diary.changeAppointment(key, { AppointmentStart })
  return `${key} is moved to ${AppointmentStart}`
}

/** One whose time has come is completed, canceled at the last moment, or nobody came; one to come can be canceled. */
function endAppointment(shop: Shop): string | undefined {
  const key = shop.appointments.take()
  if (!key) return undefined
  const { AppointmentStart } = shop.till.diary.findAppointment(key)
  const isOver = String(AppointmentStart) <= shop.database.now()
  if (!isOver && !shop.chance.once(4)) {
    shop.appointments.add(key)
    return undefined
  }
  const status = isOver ? shop.chance.pick(['Completed', 'Completed', 'Completed', 'No Show', 'Canceled']) : 'Canceled'
  shop.till.diary.changeAppointment(key, { AppointmentStatus: status })
  return `${key}: ${status.toLowerCase()}`
}

function remind(shop: Shop): string | undefined {
  const key = shop.appointments.pick()
  if (!key) return undefined
  const { AppointmentCustKey, AppointmentStart } = shop.till.diary.findAppointment(key)
  if (String(AppointmentStart) < shop.database.now()) return undefined
  const message = `We look forward to seeing you on ${String(AppointmentStart).slice(0, 16).replace('T', ' at ')}.`
  const told = text(shop, AppointmentCustKey, 'Appointment Reminder', message, { NotificationAppointmentKey: key })
  return `${key} is near${told}`
}

function text(shop: Shop, customer: unknown, reason: string, message: string, about: Partial<NotificationRow>): string {
  const now = shop.database.now()
  const sent = { NotificationStatus: 'Sent', NotificationStatusDate: now, NotificationStatusDetail: 'Sent by text.' }
  const row = shop.till.diary.notification({
    NotificationCustKey: String(customer),
    NotificationReason: reason,
    NotificationMessage: `Lindqvist Jewelers: ${message}`,
    ...about,
    ...(shop.live ? {} : sent),
  })
  return `; text ${row.NotificationKey}`
}

function wish(shop: Shop): string | undefined {
  const customer = shop.people.pick()
  if (!customer) return undefined
  const item = shop.chance.once(4) ? undefined : shop.stock.pick()
  const row = shop.till.diary.wish({
    WishlistAssociate: 1 + shop.chance.below(9),
    WishlistBuyFor: shop.chance.pick(['Self', 'Spouse', 'Mother', '']),
    WishlistCustKey: customer,
    WishlistCustAccountKey: shop.customers.find(customer)?.fields.CustomerAccountKey ?? customer,
    WishlistEventDesc: shop.chance.pick(['', 'Birthday', 'Anniversary']),
    WishlistItemKey: item ?? '',
    WishlistItemDesc: item ? String(shop.till.stock.find(item).ItemDesc) : 'Something with opals',
  })
  return `${customer} wishes for ${row.WishlistItemDesc}: ${row.WishlistKey}`
}

function note(shop: Shop): string | undefined {
  const customer = shop.people.pick()
  if (!customer) return undefined
  const NotesText = shop.chance.pick(notes)
  const row = shop.till.diary.note({
    NotesCustKey: customer,
    NotesText,
    NotesLocked: shop.chance.once(3),
    NotesAsKey: 2,
  })
  return `A note on ${customer}: ${row.NotesKey}`
}

function call(shop: Shop): string | undefined {
  const customer = shop.people.pick()
  if (!customer) return undefined
  const ActivityType = shop.chance.pick(['Call', 'Email', 'Visit'])
  const row = shop.till.diary.activity({
    ActivityCustKey: customer,
    ActivityType,
    ActivityDesc: `${ActivityType}: ${shop.chance.pick(subjects)}`,
    ActivityAsKey: 1 + shop.chance.below(9),
  })
  return `${ActivityType} with ${customer}: ${row.ActivityKey}`
}
