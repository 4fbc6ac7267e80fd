import { JumpringError } from '@jumpring/contracts'
import { createPerson, findVendor } from '@jumpring/db'
import { z } from 'zod'
import { permit, tenantFor } from '../../../access.ts'
import { builder } from '../../../builder.ts'
import type { Context } from '../../../context.ts'
import { parseInput } from '../../../input.ts'
import { scopeOf } from '../../../viewer.ts'
import { hashPassword } from '../password.ts'
import { emailSchema, Role, User } from '../types.ts'

const CreateUserInput = builder.inputType('CreateUserInput', {
  fields: (t) => ({
    email: t.string({ required: true }),
    password: t.string({ required: true, description: 'At least 12 characters.' }),
    role: t.field({ type: Role, required: true }),
    vendorId: t.id({ description: 'For vendor staff.' }),
    tenantId: t.id({ description: 'For store staff.' }),
  }),
})

const person = { email: emailSchema, password: z.string().min(12).max(200) }
const createUserSchema = z.discriminatedUnion('role', [
  z.strictObject({ ...person, role: z.literal('operator') }),
  z.strictObject({ ...person, role: z.literal('vendor'), vendorId: z.uuid() }),
  z.strictObject({ ...person, role: z.literal('store'), tenantId: z.uuid() }),
])
type NewUser = z.infer<typeof createUserSchema>

builder.mutationField('createUser', (t) =>
  t.field({
    type: User,
    errors: {},
    description: 'Operators add anybody; vendor staff add store staff of their own tenants.',
    args: { input: t.arg({ type: CreateUserInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      permit(context, `user.create.${input.role}`)
      const user = parseInput(createUserSchema, input)
      const belongsTo = await scopeOfNew(user, context)
      const passwordHash = await hashPassword(user.password)
      return createPerson(context.db, { email: user.email, role: user.role, passwordHash, ...belongsTo })
    },
  }),
)

async function scopeOfNew(
  user: NewUser,
  context: Context,
): Promise<{ vendorId: string | null; tenantId: string | null }> {
  switch (user.role) {
    case 'operator':
      return { vendorId: null, tenantId: null }
    case 'vendor': {
      const vendor = await findVendor(context.db, scopeOf(permit(context, 'user.create.vendor')), user.vendorId)
      if (vendor === null) throw new JumpringError('not_found')
      return { vendorId: vendor.id, tenantId: null }
    }
    case 'store':
      return { vendorId: null, tenantId: (await tenantFor(context, 'user.create.store', user.tenantId)).id }
  }
}
