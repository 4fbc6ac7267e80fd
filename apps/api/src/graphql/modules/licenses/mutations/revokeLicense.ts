import { revokeLicense } from '@jumpring/db'
import { z } from 'zod'
import { licenseFor, permit } from '../../../access.ts'
import { builder } from '../../../builder.ts'
import { parseInput } from '../../../input.ts'
import { License } from '../types.ts'

const reasonSchema = z.object({ reason: z.string().trim().min(1).max(500) })

builder.mutationField('revokeLicense', (t) =>
  t.field({
    type: License,
    errors: {},
    description:
      'Takes a license back, or what was asked for. Streams of an active one close at once; nothing is deleted.',
    args: {
      licenseId: t.arg.id({ required: true }),
      reason: t.arg.string({ required: true, description: 'In plain words, for the store.' }),
    },
    resolve: async (_root, args, context) => {
      const { sub: by } = permit(context, 'license.revoke')
      const { id: licenseId, tenantId } = await licenseFor(context, 'license.revoke', args.licenseId)
      const { reason } = parseInput(reasonSchema, args)
      const connectionId = await revokeLicense(context.db, { tenantId, licenseId }, { reason, by })
      await Promise.all([
        context.ringLicense({ tenantId, licenseId }),
        context.ring({ tenantId, connectionId }, 'ring'),
      ])
      return licenseFor(context, 'license.revoke', licenseId)
    },
  }),
)
