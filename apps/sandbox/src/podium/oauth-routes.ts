import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { addOauthRoutes as addCommonRoutes } from '../platform/oauth-routes.ts'
import { addErrorAnswers } from './errors.ts'
import { addPodiumFaults } from './gate.ts'
import type { Podium } from './podium.ts'
import { allScopes } from './scopes.ts'

/** Not Podium's: which business the person who approves is signed in to. Default: the first account. */
const accountSchema = z.object({ organization: z.uuid().optional() })

/** Podium docs: authorize and token. How refusals are worded is our assumption. */
export function addOauthRoutes(app: FastifyInstance, podium: Podium): void {
  addPodiumFaults(app, podium)
  addErrorAnswers(app)
  addCommonRoutes(app, {
    client: podium.client,
    tokens: podium.tokens,
    scopes: allScopes,
    accountOf: (query) => {
      const asked = accountSchema.safeParse(query)
      if (!asked.success) return undefined
      const { organization = podium.accounts.first.uid } = asked.data
      return podium.accounts.get(organization)?.uid
    },
  })
}
