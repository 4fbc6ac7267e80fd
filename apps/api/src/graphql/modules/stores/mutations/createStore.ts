import { storeLicenseIdSchema } from '@jumpring/contracts'
import { createStore } from '@jumpring/db'
import { z } from 'zod'
import { tenantFor } from '../../../access.ts'
import { builder } from '../../../builder.ts'
import { InvalidInput, parseInput } from '../../../input.ts'
import { Store } from '../types.ts'

const CreateStoreInput = builder.inputType('CreateStoreInput', {
  fields: (t) => ({
    tenantId: t.id({ required: true }),
    number: t.string({ required: true, description: "The Edge's store number: `001`." }),
    name: t.string({ required: true }),
    sourceId: t.id({ description: 'The database of The Edge it is in, if that is here already …' }),
    sourceName: t.string({ description: '… else a name for it.' }),
    storeLicenseId: t.string({
      description: "Of a new database: The Edge's store license id, the name of its EDT folder.",
    }),
  }),
})

const createStoreSchema = z.strictObject({
  tenantId: z.string(),
  number: z.string().regex(/^\d{3}$/, 'Three digits, as The Edge shows them: 001.'),
  name: z.string().trim().min(1).max(200),
  sourceId: z.uuid().optional(),
  sourceName: z.string().trim().min(1).max(200).optional(),
  storeLicenseId: storeLicenseIdSchema.optional(),
})

builder.mutationField('createStore', (t) =>
  t.field({
    type: Store,
    errors: {},
    args: { input: t.arg({ type: CreateStoreInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      const tenant = await tenantFor(context, 'store.create', input.tenantId)
      const { number, name, sourceId, sourceName, storeLicenseId } = parseInput(createStoreSchema, input)
      const source = sourceOf(sourceId, sourceName)
      return createStore(context.db, tenant.id, { number, name, source: { ...source, storeLicenseId } })
    },
  }),
)

function sourceOf(id: string | undefined, name: string | undefined): { id: string } | { name: string } {
  if (id !== undefined && name === undefined) return { id }
  if (id === undefined && name !== undefined) return { name }
  throw new InvalidInput([{ path: 'sourceId', message: 'Give either sourceId or sourceName.' }])
}
