import { randomBytes } from 'node:crypto'
import { connectorFor } from '@jumpring/connectors'
import { platformNames, tierSchema } from '@jumpring/contracts'
import { createConnection } from '@jumpring/db'
import { z } from 'zod'
import { connectionFor, tenantFor } from '../../../access.ts'
import { builder } from '../../../builder.ts'
import { parseInput } from '../../../input.ts'
import { Platform } from '../../vendors/types.ts'
import { Tier } from '../enums.ts'
import { ConnectionSettingsInput, checkSettings, settingsAfter } from '../settings.ts'
import { checkTier } from '../tier.ts'
import { Connection } from '../types.ts'

const StartWith = builder.enumType('StartWith', {
  values: {
    UPLOAD: {
      value: 'upload',
      description: 'Both sides are read and matched, and the initial upload goes on by itself.',
    },
    PREVIEW: {
      value: 'preview',
      description: 'Both sides are read and matched, and nothing is written before approvePreview.',
    },
  } as const,
})

const CreateConnectionInput = builder.inputType('CreateConnectionInput', {
  fields: (t) => ({
    tenantId: t.id({ required: true }),
    platform: t.field({ type: Platform, required: true }),
    name: t.string({ required: true }),
    tier: t.field({ type: Tier, required: true, description: 'What is ordered. Ask for its license next.' }),
    settings: t.field({ type: ConnectionSettingsInput }),
    startWith: t.field({ type: StartWith, defaultValue: 'upload' }),
    baseUrl: t.string({ required: true, description: "Where the platform's API is, without a slash at the end." }),
    secrets: t.field({
      type: 'JSON',
      required: true,
      description:
        'The account on the platform. Podium: clientId, clientSecret and either refreshToken or authorizationCode with redirectUri. Kept encrypted, never shown again.',
    }),
  }),
})

const createConnectionSchema = z.object({
  name: z.string().trim().min(1).max(100),
  tier: tierSchema,
  baseUrl: z.url({ protocol: /^https?$/ }).regex(/[^/]$/, 'Without a slash at the end.'),
})

builder.mutationField('createConnection', (t) =>
  t.field({
    type: Connection,
    errors: {},
    description: 'Joins a tenant to a platform: the initial upload begins when its license is installed in the store.',
    args: { input: t.arg({ type: CreateConnectionInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      const tenant = await tenantFor(context, 'connection.create', input.tenantId)
      const { db, keyring, ring } = context
      const { name, tier, baseUrl } = parseInput(createConnectionSchema, input)
      const connector = connectorFor(input.platform)
      checkTier(input.platform, tier)
      await checkSettings(context, { tenantId: tenant.id, platform: input.platform }, input.settings)
      // CO-06: who comes from the platform is told apart by its name, unless the shop has another word for it.
      const acquisition = input.settings?.defaultAcquisition ?? platformNames[input.platform]
      const settings = settingsAfter(undefined, { ...input.settings, defaultAcquisition: acquisition })
      const account = connector.parseSecrets(input.secrets)
      const secrets = { account, webhookSecret: randomBytes(32).toString('hex') }
      const preview = input.startWith === 'preview'
      const connection = { platform: input.platform, name, tier, settings, baseUrl, secrets, preview }
      const at = { tenantId: tenant.id, connectionId: await createConnection(db, keyring, tenant.id, connection) }
      await ring(at, 'ring')
      return connectionFor(context, 'connection.create', at.connectionId)
    },
  }),
)
