import type { Address } from '@jumpring/contracts'
import type {
  CustomerRef as CustomerRefRow,
  Decider,
  DuplicateCustomer as DuplicateCustomerRow,
  DuplicateDecision as DuplicateDecisionRow,
  DuplicateOwner as DuplicateOwnerRow,
  Duplicate as DuplicateRow,
  UndoneMatch as UndoneMatchRow,
} from '@jumpring/db'
import { z } from 'zod'
import { builder } from '../../builder.ts'
import type { Context } from '../../context.ts'
import { Quarantined } from '../quarantine/types.ts'

export const DuplicateKind = builder.enumType('DuplicateKind', {
  description: 'What several customers have in common: a phone, an e-mail, or a contact on the platform.',
  values: { PHONE: { value: 'phone' }, EMAIL: { value: 'email' }, CONTACT: { value: 'contact' } } as const,
})

export const DuplicateFilter = builder.enumType('DuplicateFilter', {
  values: {
    OPEN: { value: 'open', description: 'Nobody has decided, or customers have come since.' },
    DECIDED: { value: 'decided' },
  } as const,
})

const DuplicateChoice = builder.enumType('DuplicateChoice', {
  values: {
    JOIN: { value: 'join', description: 'One person.' },
    APART: { value: 'apart', description: 'Different people.' },
  } as const,
})

const OwnerReason = builder.enumType('DuplicateOwnerReason', {
  values: {
    LINKED: { value: 'linked', description: 'The contact is this customer’s already.' },
    PRIMARY: { value: 'primary', description: 'The couple’s primary customer.' },
    OLDEST: { value: 'oldest', description: 'Entered first in The Edge.' },
  } as const,
})

const CustomerRef = builder.objectRef<CustomerRefRow>('CustomerRef').implement({
  description: 'A customer of The Edge: two sources may hold the same number.',
  fields: (t) => ({ sourceId: t.exposeID('sourceId'), key: t.exposeString('key') }),
})

const DuplicateCustomer = builder.objectRef<DuplicateCustomerRow>('DuplicateCustomer').implement({
  fields: (t) => ({
    sourceId: t.exposeID('sourceId'),
    key: t.exposeString('key'),
    name: t.exposeString('name', { nullable: true }),
  }),
})

const DuplicateOwner = builder.objectRef<DuplicateOwnerRow>('DuplicateOwner').implement({
  description:
    'Who stands for the contact on a connection’s platform: gives name and values, and gets what comes down.',
  fields: (t) => ({
    connectionId: t.exposeID('connectionId'),
    customer: t.expose('customer', { type: DuplicateCustomer }),
    because: t.expose('because', { type: OwnerReason }),
  }),
})

const AddressShown = builder.objectRef<Address>('Address').implement({
  fields: (t) => ({
    street: t.string({ nullable: true, resolve: ({ street }) => street ?? null }),
    street2: t.string({ nullable: true, resolve: ({ street2 }) => street2 ?? null }),
    city: t.string({ nullable: true, resolve: ({ city }) => city ?? null }),
    state: t.string({ nullable: true, resolve: ({ state }) => state ?? null }),
    zip: t.string({ nullable: true, resolve: ({ zip }) => zip ?? null }),
    country: t.string({ nullable: true, resolve: ({ country }) => country ?? null }),
  }),
})

export const UndoneMatch = builder.objectRef<UndoneMatchRow>('UndoneMatch').implement({
  description: 'What a wrong match had brought to either side.',
  fields: (t) => ({
    phones: t.stringList({
      description: 'Came down as the customer’s; only the store can take them away in The Edge.',
      resolve: ({ cameDown }) => cameDown.phones,
    }),
    emails: t.stringList({ resolve: ({ cameDown }) => cameDown.emails }),
    addresses: t.field({ type: [AddressShown], resolve: ({ cameDown }) => cameDown.addresses }),
    writtenPhone: t.string({
      nullable: true,
      description: 'Written to the contact as the customer’s; where it still stands there, staff take it away.',
      resolve: ({ written }) => written.phone ?? null,
    }),
    writtenEmail: t.string({ nullable: true, resolve: ({ written }) => written.email ?? null }),
  }),
})

export const DuplicateDecision = builder.objectRef<DuplicateDecisionRow>('DuplicateDecision').implement({
  description: 'What a person decided, as long as it is not undone.',
  fields: (t) => ({
    id: t.exposeID('id'),
    decision: t.expose('decision', { type: DuplicateChoice }),
    customers: t.field({ type: [CustomerRef], resolve: ({ customers }) => customers.map(customerRef) }),
    kind: t.expose('kind', { type: DuplicateKind, nullable: true, description: 'Of APART: what they share.' }),
    value: t.exposeString('value', { nullable: true }),
    connectionId: t.exposeID('connectionId', { nullable: true, description: 'Of a contact.' }),
    undoneMatch: t.expose('match', {
      type: UndoneMatch,
      nullable: true,
      description: 'Of a wrong match that was undone: what it had mixed up.',
    }),
    decidedBy: t.exposeID('decidedBy', { description: 'A user’s id.' }),
    decidedAs: t.exposeString('decidedAs', { description: 'That user’s role.' }),
    decidedAt: t.expose('decidedAt', { type: 'DateTime' }),
  }),
})

export const Duplicate = builder.objectRef<DuplicateRow>('Duplicate').implement({
  description: 'What several customers have in common.',
  fields: (t) => ({
    id: t.exposeID('id'),
    kind: t.expose('kind', { type: DuplicateKind }),
    value: t.exposeString('value', { description: 'The phone, the e-mail, or the uid of the contact.' }),
    connectionId: t.exposeID('connectionId', { nullable: true, description: 'Of a contact.' }),
    decided: t.exposeBoolean('decided'),
    customers: t.expose('customers', { type: [DuplicateCustomer] }),
    owners: t.expose('owners', {
      type: [DuplicateOwner],
      description: 'One a connection, where somebody stands for it.',
    }),
    held: t.expose('held', { type: [Quarantined], description: 'What waits in quarantine because of it.' }),
    decisions: t.expose('decisions', { type: [DuplicateDecision] }),
  }),
})

/** What the mutations answer. */
export const DuplicateDecided = builder.objectRef<{ id: string }>('DuplicateDecided').implement({
  fields: (t) => ({ decisionId: t.exposeID('id') }),
})

export const CustomerRefInput = builder.inputType('CustomerRefInput', {
  fields: (t) => ({ sourceId: t.id({ required: true }), key: t.string({ required: true }) }),
})

export const customersSchema = z
  .array(z.strictObject({ sourceId: z.uuid(), key: z.string().min(1).max(100) }))
  .min(2, 'It takes two customers or more.')
  .max(100)

function customerRef(id: string): CustomerRefRow {
  const [sourceId = '', ...key] = id.split('/')
  return { sourceId, key: key.join('/') }
}

/** The person who decides; after the access check, so there is one. */
export function deciderOf({ viewer }: Context): Decider {
  if (viewer === null) throw new Error('Nobody decides.')
  return { id: viewer.sub, role: viewer.role }
}

/** Rings the connections that have something to do now. */
export async function ringAll({ ring }: Context, tenantId: string, connectionIds: readonly string[]): Promise<void> {
  await Promise.all(connectionIds.map((connectionId) => ring({ tenantId, connectionId }, 'ring')))
}
