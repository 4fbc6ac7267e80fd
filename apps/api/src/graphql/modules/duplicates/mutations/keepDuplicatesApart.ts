import { keepDuplicatesApart, type Shared } from '@jumpring/db'
import { z } from 'zod'
import { tenantFor } from '../../../access.ts'
import { builder } from '../../../builder.ts'
import { InvalidInput, parseInput } from '../../../input.ts'
import { CustomerRefInput, customersSchema, DuplicateDecided, DuplicateKind, deciderOf, ringAll } from '../types.ts'

const KeepDuplicatesApartInput = builder.inputType('KeepDuplicatesApartInput', {
  fields: (t) => ({
    tenantId: t.id({ required: true }),
    kind: t.field({ type: DuplicateKind, required: true }),
    value: t.string({ required: true, description: 'As the entry of the list has it.' }),
    connectionId: t.id({ description: 'Of a contact.' }),
    customers: t.field({ type: [CustomerRefInput], required: true }),
  }),
})

const inputSchema = z.object({
  tenantId: z.string(),
  kind: z.enum(['phone', 'email', 'contact']),
  value: z.string().min(1).max(500),
  connectionId: z.uuid().optional(),
  customers: customersSchema,
})

builder.mutationField('keepDuplicatesApart', (t) =>
  t.field({
    type: DuplicateDecided,
    errors: {},
    description: 'These customers, who share a phone, an e-mail or a contact, are different people.',
    args: { input: t.arg({ type: KeepDuplicatesApartInput, required: true }) },
    resolve: async (_root, args, context) => {
      const { id: tenantId } = await tenantFor(context, 'quarantine.replay', args.input.tenantId)
      const { customers, ...input } = parseInput(inputSchema, args.input)
      const decided = await keepDuplicatesApart(context.db, tenantId, sharedOf(input), customers, deciderOf(context))
      await ringAll(context, tenantId, decided.connectionIds)
      return decided
    },
  }),
)

function sharedOf({ kind, value, connectionId }: Omit<z.infer<typeof inputSchema>, 'customers'>): Shared {
  if (kind !== 'contact') return { kind, value }
  if (connectionId === undefined)
    throw new InvalidInput([{ path: 'connectionId', message: 'A contact is one of a connection.' }])
  return { kind, value, connectionId }
}
