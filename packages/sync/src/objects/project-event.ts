import type { Appointment, ErrorCode, Job, SaleLine } from '@jumpring/contracts'
import type { Purchase, TimelineAppointment, TimelineJob } from './object.ts'

/** What becomes of a record that belongs to a customer. */
export type Projection<Shown> =
  /** Goes to this customer's contact. */
  | { readonly kind: 'shown'; readonly customer: string; readonly object: Shown }
  /** Nothing of the platform's business, now or ever. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'held'; readonly code: ErrorCode; readonly message: string }

/** PD-06: a line of a sale is a purchase once it is one: a layaway when it is paid off, a special order when it is picked up. */
export function projectSaleLine(line: SaleLine): Projection<Purchase> {
  // Sold over the counter to nobody known: there is no contact to show it at.
  if (line.open !== undefined || line.customer === undefined) return { kind: 'nothing' }
  return {
    kind: 'shown',
    customer: line.customer,
    object: {
      type: 'purchase',
      sale: line.sale,
      line: line.line,
      purchasedAt: line.soldAt ?? null,
      amount: line.amount,
      isReturn: line.amount.minor < 0,
      description: line.description ?? null,
      itemNumber: line.item ?? null,
      associate: line.associate ?? null,
    },
  }
}

/** PD-07. @param known whether the platform has it already; `now` a UTC instant */
export function projectAppointment(
  appointment: Appointment,
  { now, known }: { readonly now: string; readonly known: boolean },
): Projection<TimelineAppointment> {
  if (appointment.customer === undefined)
    return { kind: 'held', code: 'incomplete_record', message: 'The appointment has no customer.' }
  if (!known && appointment.status === 'scheduled' && Date.parse(appointment.startsAt) < Date.parse(now))
    return {
      kind: 'held',
      code: 'incomplete_record',
      message: 'The appointment lies in the past and is neither completed nor canceled in The Edge.',
    }
  return {
    kind: 'shown',
    customer: appointment.customer,
    object: {
      type: 'appointment',
      status: appointment.status,
      startsAt: appointment.startsAt,
      minutes: appointment.minutes ?? null,
      subject: appointment.subject ?? null,
      note: appointment.note ?? null,
      createdAt: appointment.createdAt ?? null,
      updatedAt: appointment.updatedAt ?? null,
      associate: appointment.associate ?? null,
    },
  }
}

/** PD-08. */
export function projectJob(job: Job): Projection<TimelineJob> {
  if (job.customer === undefined)
    return { kind: 'held', code: 'incomplete_record', message: 'The service job has no customer.' }
  return {
    kind: 'shown',
    customer: job.customer,
    object: {
      type: 'serviceJob',
      number: job.number,
      jobType: job.type ?? null,
      status: job.status,
      summary: job.summary ?? null,
      description: job.description ?? null,
      enteredAt: job.enteredAt ?? null,
      promisedAt: job.promisedAt ?? null,
      doneAt: job.doneAt ?? null,
      pickedUpAt: job.pickedUpAt ?? null,
      price: job.price ?? null,
      itemNumber: job.item ?? null,
      associate: job.associate ?? null,
    },
  }
}
