import { z } from 'zod'
import { addressSchema, customFieldSchema } from './records/customer.ts'
import { associateNumberSchema } from './settings.ts'
import { customerKeySchema, instantSchema, itemKeySchema, longText, plainKeySchema, text } from './values.ts'

/** E.164. */
const phones = z.array(z.string().regex(/^\+[1-9]\d{1,14}$/))

const methods = {
  phones,
  /** Trimmed, lower case. */
  emails: z.array(z.string().min(3)),
  addresses: z.array(addressSchema),
  /** Of `phones`, those that must not be contacted (PhoneDoNotContact). */
  optedOutPhones: phones,
}

/** CB-11: under whom The Edge records the change. */
const by = { associate: associateNumberSchema.optional() }

/** "This customer also has these." Nothing existing is changed or removed (CO-04). */
export const addMethodsSchema = z.strictObject({
  do: z.literal('addMethods'),
  key: customerKeySchema,
  ...methods,
  ...by,
})

/** "This phone must not be contacted": sets PhoneDoNotContact on every phone of the customer with this number; never the other way. */
export const optOutSchema = z.strictObject({
  do: z.literal('optOut'),
  key: customerKeySchema,
  phones,
})

/** "There is this new customer" (CO-05). The command's id becomes its WebTransferWebID. */
export const createCustomerSchema = z.strictObject({
  do: z.literal('createCustomer'),
  firstName: z.string().optional(),
  lastName: z.string().min(1),
  ...methods,
  acquisition: z.string().optional(),
  /** Edge store number that gets the customer, where the tenant has several. */
  store: z.string().optional(),
  ...by,
})

/** What a value is to become, and what it was when that was decided: where The Edge holds another by now, nothing is written. Null: none. */
const change = <Value extends z.ZodType>(value: Value) =>
  z.strictObject({ expected: value.nullable(), value: value.nullable() })

/** CB-03: "these custom fields change". All or none: where one of them is another by now, the report says `changed`. */
export const setCustomFieldsSchema = z.strictObject({
  do: z.literal('setCustomFields'),
  key: customerKeySchema,
  fields: z.partialRecord(customFieldSchema, change(text)),
  ...by,
})

/** CB-06: a note. `expected: null`: it is new and gets `key`, which the cloud chose; else its text changes, unless it is locked. */
export const putNoteSchema = z.strictObject({
  do: z.literal('putNote'),
  key: plainKeySchema,
  customer: customerKeySchema,
  text: z.string().min(1).max(20_000),
  expected: z.string().nullable(),
  at: instantSchema,
  ...by,
})

const wishedSchema = z.strictObject({
  present: z.boolean(),
  item: itemKeySchema.nullable(),
  description: longText.nullable(),
})

/** CB-04: a wish. `expected: null`: it is new and gets `key`, which the cloud chose. `present: false`: taken off the list, not erased. */
export const putWishSchema = z.strictObject({
  do: z.literal('putWish'),
  key: plainKeySchema,
  customer: customerKeySchema,
  wished: wishedSchema,
  expected: wishedSchema.nullable(),
  at: instantSchema,
  ...by,
})

/** CB-09: a message that was sent through the platform, for the customer's Activity tab. `key` is unique to the message. */
export const addActivitySchema = z.strictObject({
  do: z.literal('addActivity'),
  key: plainKeySchema,
  customer: customerKeySchema,
  channel: z.enum(['text', 'email']),
  at: instantSchema,
  subject: text.nullable(),
  body: z.string().max(20_000),
  /** Links. */
  attachments: z.array(z.url().max(2000)).max(20),
  ...by,
})

/** CO-10: what became of a text notification, for The Edge to show. `unknown`: nobody can say whether it was sent; it is not repeated. */
export const notificationStatusSchema = z.strictObject({
  do: z.literal('notificationStatus'),
  notification: plainKeySchema,
  status: z.enum(['sent', 'delivered', 'failed', 'not_sent', 'unknown']),
  at: instantSchema,
  /** A plain sentence. */
  reason: z.string().max(300).optional(),
})

export const wishSchema = z.discriminatedUnion('do', [
  addMethodsSchema,
  optOutSchema,
  createCustomerSchema,
  notificationStatusSchema,
  setCustomFieldsSchema,
  putNoteSchema,
  putWishSchema,
  addActivitySchema,
])
/** A write to The Edge, kept as what is wanted; the agent makes the file when it takes it. */
export type Wish = z.infer<typeof wishSchema>

export const commandSchema = z.strictObject({ id: z.uuid(), wish: wishSchema })
export type Command = z.infer<typeof commandSchema>

/** `GET /agent/commands?wait=SECONDS` (long request): commands not yet reported, oldest first. The same command may come again until it is reported. */
export const commandsAnswerSchema = z.object({ commands: z.array(commandSchema) })

export const reportSchema = z.discriminatedUnion('outcome', [
  /** In the Outbox, for The Edge to import. */
  z.strictObject({ id: z.uuid(), outcome: z.literal('written') }),
  /** The store already has what was wished: nothing was written. */
  z.strictObject({ id: z.uuid(), outcome: z.literal('already') }),
  /** The store holds something else than was expected, or has locked it: nothing was written. What it holds comes up as a record. */
  z.strictObject({ id: z.uuid(), outcome: z.literal('changed') }),
  /** A customer with this e-mail or phone is in the store, or is being created for another command: this one created nobody. */
  z.strictObject({ id: z.uuid(), outcome: z.literal('matched'), key: customerKeySchema }),
  /** The next export shows it; for a created customer with its new key. */
  z.strictObject({ id: z.uuid(), outcome: z.literal('seen'), key: customerKeySchema }),
  /** Not done, or not shown in time. What shows after all is reported as `seen` or `matched` then. No code: `command_failed`. */
  z.strictObject({
    id: z.uuid(),
    outcome: z.literal('failed'),
    code: z
      .enum(['command_failed', 'ambiguous_match', 'not_taken_by_edge', 'not_shown_by_edge', 'value_does_not_fit'])
      .optional(),
    message: z.string().min(1).max(1000),
  }),
])
/** What became of a command. `POST /agent/reports` with `{ reports }` → 204; repeating a report is harmless. */
export type Report = z.infer<typeof reportSchema>
export const reportsBodySchema = z.strictObject({ reports: z.array(reportSchema).max(1000) })
