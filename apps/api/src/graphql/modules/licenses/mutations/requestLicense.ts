import { platformSchema, tierSchema } from '@jumpring/contracts'
import { requestLicense } from '@jumpring/db'
import { z } from 'zod'
import { connectionFor, licenseFor, permit } from '../../../access.ts'
import { builder } from '../../../builder.ts'
import { parseInput } from '../../../input.ts'
import { Tier } from '../../connections/enums.ts'
import { checkTier } from '../../connections/tier.ts'
import { License } from '../types.ts'

const RequestLicenseInput = builder.inputType('RequestLicenseInput', {
  fields: (t) => ({
    connectionId: t.id({ required: true }),
    tier: t.field({ type: Tier, required: true }),
    webStore: t.boolean({ description: "Whether web sales come into The Edge; they don't unless it is asked for." }),
    mailTo: t.string({ required: true, description: 'Who gets the file, with the steps that install it.' }),
    sourceId: t.id({ description: 'In which store it is to be installed. May be left out where there is one.' }),
  }),
})

const requestSchema = z.object({
  tier: tierSchema,
  webStore: z.boolean().default(false),
  mailTo: z.email().max(254),
  sourceId: z.uuid().optional(),
})

builder.mutationField('requestLicense', (t) =>
  t.field({
    type: License,
    errors: {},
    description:
      'Upgrades, downgrades or renews: asks the operator for a license of this tier. A lesser tier counts at once, a greater one when its license is installed in the store.',
    args: { input: t.arg({ type: RequestLicenseInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      const { sub: by } = permit(context, 'license.request')
      const connection = await connectionFor(context, 'license.request', input.connectionId)
      const { sourceId = null, ...order } = parseInput(requestSchema, input)
      checkTier(platformSchema.parse(connection.platform), order.tier)
      const at = { tenantId: connection.tenantId, connectionId: connection.id }
      const licenseId = await requestLicense(context.db, at, { ...order, sourceId, by })
      await Promise.all([context.ringLicense({ tenantId: at.tenantId, licenseId }), context.ring(at, 'ring')])
      return licenseFor(context, 'license.request', licenseId)
    },
  }),
)
