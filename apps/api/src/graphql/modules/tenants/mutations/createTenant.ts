import { JumpringError, regionSchema } from '@jumpring/contracts'
import { createTenant, findVendor } from '@jumpring/db'
import { z } from 'zod'
import { permit } from '../../../access.ts'
import { builder } from '../../../builder.ts'
import { InvalidInput, parseInput } from '../../../input.ts'
import { scopeOf } from '../../../viewer.ts'
import { Tenant } from '../types.ts'

const CreateTenantInput = builder.inputType('CreateTenantInput', {
  fields: (t) => ({
    name: t.string({ required: true }),
    region: t.string({ description: 'Country of phone numbers without a country code, `US` unless told otherwise.' }),
    vendorId: t.id({ description: 'Who sold it. Vendor staff may leave it out: it is theirs.' }),
  }),
})

const createTenantSchema = z.strictObject({
  name: z.string().trim().min(1).max(200),
  region: regionSchema.default('US'),
  vendorId: z.uuid().optional(),
})

builder.mutationField('createTenant', (t) =>
  t.field({
    type: Tenant,
    errors: {},
    args: { input: t.arg({ type: CreateTenantInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      const viewer = permit(context, 'tenant.create')
      const {
        name,
        region,
        vendorId = 'vendorId' in viewer ? viewer.vendorId : undefined,
      } = parseInput(createTenantSchema, input)
      if (vendorId === undefined) throw new InvalidInput([{ path: 'vendorId', message: 'Say which vendor sold it.' }])
      permit(context, 'tenant.create', { vendorId })
      const scope = scopeOf(viewer)
      if ((await findVendor(context.db, scope, vendorId)) === null) throw new JumpringError('not_found')
      return createTenant(context.db, scope, { vendorId, name, region })
    },
  }),
)
