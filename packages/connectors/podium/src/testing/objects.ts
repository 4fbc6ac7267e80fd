import type { ObjectWrite } from '@jumpring/connector-kit'
import type { Product, Purchase, TimelineAppointment, TimelineJob } from '@jumpring/sync'

const associate = { number: '7', name: 'Ingrid' }

export const product: Product = {
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
  supplier: 'Stuller',
  archived: null,
  soldAt: null,
}

export const purchase: Purchase = {
  type: 'purchase',
  sale: '001-00031',
  line: 1,
  purchasedAt: '2026-03-01T17:30:00.000Z',
  amount: { minor: -4_500, currency: 'USD' },
  isReturn: true,
  description: 'Silver chain',
  itemNumber: '001-200-00011',
  associate,
}

export const appointment: TimelineAppointment = {
  type: 'appointment',
  status: 'scheduled',
  startsAt: '2026-03-05T15:00:00.000Z',
  minutes: 30,
  subject: 'Ring fitting',
  note: null,
  createdAt: '2026-03-01T10:00:00.000Z',
  updatedAt: null,
  associate,
}

export const serviceJob: TimelineJob = {
  type: 'serviceJob',
  number: '10233',
  jobType: 'repair',
  status: 'not_ready',
  summary: 'Size ring to 6',
  description: null,
  enteredAt: '2026-03-01T10:00:00.000Z',
  promisedAt: null,
  doneAt: null,
  pickedUpAt: null,
  price: { minor: 8_500, currency: 'USD' },
  itemNumber: null,
  associate: null,
}

const nora = { edgeKey: '001-00017', name: 'Nora Lindqvist', identifiers: ['+12035550117', 'nora@example.com'] }

/** A write of one of these, the first one unless told otherwise. */
export function writeOf(object: ObjectWrite['object'], other: Partial<ObjectWrite> = {}): ObjectWrite {
  return {
    externalId: `${object.type}-1`,
    eventId: `${object.type}-1-1`,
    event: 'created',
    contact: object.type === 'product' ? null : nora,
    object,
    at: '2026-03-01T10:00:01.000Z',
    ...other,
  }
}
