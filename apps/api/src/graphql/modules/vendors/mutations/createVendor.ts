import { createVendor } from '@jumpring/db'
import { z } from 'zod'
import { permit } from '../../../access.ts'
import { builder } from '../../../builder.ts'
import { parseInput } from '../../../input.ts'
import { Platform, Vendor } from '../types.ts'

const CreateVendorInput = builder.inputType('CreateVendorInput', {
  fields: (t) => ({
    name: t.string({ required: true }),
    platform: t.field({ type: Platform, required: true, description: 'podium or clientbook.' }),
  }),
})

/** Shopify has no vendor: its connections belong to tenants of the others. */
const createVendorSchema = z.strictObject({
  name: z.string().trim().min(1).max(100),
  platform: z.enum(['podium', 'clientbook']),
})

builder.mutationField('createVendor', (t) =>
  t.field({
    type: Vendor,
    errors: {},
    args: { input: t.arg({ type: CreateVendorInput, required: true }) },
    resolve: (_root, { input }, context) => {
      permit(context, 'vendor.create')
      return createVendor(context.db, parseInput(createVendorSchema, input))
    },
  }),
)
