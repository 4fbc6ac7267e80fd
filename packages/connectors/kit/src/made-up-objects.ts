import type { Product, Purchase, TimelineAppointment, TimelineJob } from '@jumpring/sync'
import type { ObjectWrite } from './connector.ts'

const associate = { number: '7', name: 'Ingrid' }

export function itemOf(): Product {
  return {
    type: 'product',
    itemNumber: '001-150-00004',
    title: 'Diamond ring',
    description: 'A ring.',
    edgeDescription: '14K YG RING .50CT',
    price: { minor: 129_900, currency: 'USD' },
    category: 'Rings',
    style: null,
    metal: '14K yellow gold',
    size: '6.5',
    stones: ['Diamond 0.50 ct'],
    details: [],
    images: [],
    inventoryType: 'stock',
    supplier: 'Elm Casting',
    archived: null,
    soldAt: null,
  }
}

/** Something that was brought back. */
export function saleOf(line: number): Purchase {
  return {
    type: 'purchase',
    sale: '001-00031',
    line,
    purchasedAt: '2026-03-01T17:30:00.000Z',
    amount: { minor: -4_500, currency: 'USD' },
    isReturn: true,
    description: 'Silver chain',
    itemNumber: '001-200-00011',
    associate,
  }
}

export function appointmentOf(status: TimelineAppointment['status']): TimelineAppointment {
  return {
    type: 'appointment',
    status,
    startsAt: '2026-03-05T15:00:00.000Z',
    minutes: 30,
    subject: 'Ring fitting',
    note: null,
    createdAt: '2026-03-01T10:00:00.000Z',
    updatedAt: null,
    associate,
  }
}

export function jobOf(status: TimelineJob['status']): TimelineJob {
  return {
    type: 'serviceJob',
    number: '10233',
    jobType: 'repair',
    status,
    summary: 'Size ring to 6',
    description: 'Two sizes down, polish.',
    enteredAt: '2026-03-01T10:00:00.000Z',
    promisedAt: null,
    doneAt: null,
    pickedUpAt: null,
    price: { minor: 8_500, currency: 'USD' },
    itemNumber: null,
    associate: null,
  }
}

/** A write of one of these, of Nora's unless told otherwise. */
export function writeOf(object: ObjectWrite['object'], other: Partial<ObjectWrite> = {}): ObjectWrite {
  const nora = { edgeKey: '001-00017', name: 'Nora Lindqvist', identifiers: ['+12035550117', 'nora@example.com'] }
  return {
    externalId: 'x-1',
    eventId: 'e-1',
    event: 'created',
    contact: object.type === 'product' ? null : nora,
    object,
    at: '2026-03-01T10:00:01.000Z',
    ...other,
  }
}
