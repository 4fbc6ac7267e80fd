import type { CustomerFilter as CustomerFilterRow, CustomerSeen, SelectionChange } from '@jumpring/db'
import { z } from 'zod'
import { builder } from '../../builder.ts'

const SelectedBy = builder.enumType('SelectedBy', {
  values: {
    PERSON: { value: 'person', description: 'Here.' },
    MARK: { value: 'mark', description: 'By the mark in The Edge, "assign to web upload".' },
    PLATFORM: { value: 'platform', description: 'The contact was on the platform first.' },
  } as const,
})

const LinkStatus = builder.enumType('CustomerLinkStatus', {
  values: {
    ACTIVE: { value: 'active', description: 'The contact is theirs.' },
    CREATING: { value: 'creating', description: 'On the way into The Edge.' },
    SHARED: { value: 'shared', description: 'Another customer stands for the contact.' },
    GONE: { value: 'gone', description: 'Deleted on the platform.' },
  } as const,
})

export const MatchReason = builder.enumType('MatchReason', {
  description: 'Why a contact is taken for a customer’s.',
  values: {
    NUMBER: { value: 'number', description: 'The customer’s number stands on the contact.' },
    WEB_ID: { value: 'webId', description: 'The contact’s id stands on the customer.' },
    EMAIL: { value: 'email' },
    PHONE: { value: 'phone' },
    CREATED: { value: 'created', description: 'The contact was made for the customer.' },
    CAME_FROM_PLATFORM: { value: 'cameFromPlatform', description: 'The customer was made for the contact.' },
  } as const,
})

const CustomerLink = builder.objectRef<NonNullable<CustomerSeen['link']>>('CustomerLink').implement({
  description: 'The platform’s contact of a customer.',
  fields: (t) => ({
    status: t.expose('status', { type: LinkStatus }),
    uid: t.exposeString('uid', { nullable: true, description: 'The platform’s id, once it has shown the contact.' }),
    sharedWith: t.exposeString('sharedWith', { nullable: true, description: 'The number of who stands for it.' }),
    matchedBy: t.expose('matchedBy', {
      type: MatchReason,
      nullable: true,
      description: 'Null where nobody matched it: another stands for the contact, or it is still to be made.',
    }),
    matchedAt: t.expose('matchedAt', { type: 'DateTime', nullable: true }),
  }),
})

const Customer = builder.objectRef<CustomerSeen>('Customer').implement({
  description: 'A customer of The Edge, as one connection has it.',
  fields: (t) => ({
    sourceId: t.exposeID('sourceId'),
    key: t.exposeString('key', { description: 'The number: `001-00017`.' }),
    name: t.exposeString('name', { nullable: true }),
    changedAt: t.expose('changedAt', { type: 'DateTime', description: 'When the store showed the last change.' }),
    selected: t.boolean({
      description: 'Synchronized, also when the connection has only selected ones.',
      resolve: (customer) => customer.selectedBy !== null,
    }),
    selectedBy: t.expose('selectedBy', { type: SelectedBy, nullable: true }),
    link: t.expose('link', { type: CustomerLink, nullable: true }),
  }),
})

export const CustomerPage = builder.connectionObject(
  { type: Customer, name: 'CustomerPage' },
  { name: 'CustomerPageEdge' },
)

export const CustomerFilter = builder.inputType('CustomerFilter', {
  description: 'Every condition that is given must hold.',
  fields: (t) => ({
    sourceId: t.id(),
    store: t.string({ description: "The Edge's store number: `001`." }),
    name: t.string({ description: 'A part of the name or of the company.' }),
    changedSince: t.field({ type: 'DateTime' }),
    hasEmail: t.boolean(),
    selected: t.boolean(),
    linked: t.boolean({ description: 'Whether the platform has a contact for the customer.' }),
  }),
})

export const customerFilterSchema = z.object({
  sourceId: z.uuid().optional(),
  store: z
    .string()
    .regex(/^\d{3}$/)
    .optional(),
  name: z.string().trim().min(1).max(200).optional(),
  changedSince: z.date().optional(),
  hasEmail: z.boolean().optional(),
  selected: z.boolean().optional(),
  linked: z.boolean().optional(),
}) satisfies z.ZodType<CustomerFilterRow>

export const SelectionChanged = builder.objectRef<SelectionChange>('SelectionChanged').implement({
  fields: (t) => ({
    changed: t.exposeInt('changed', { description: 'Of how many customers it made a difference.' }),
    stillMarked: t.exposeInt('marked', {
      description: 'Of those who were to be deselected: how many stay selected by their mark in The Edge.',
    }),
  }),
})
