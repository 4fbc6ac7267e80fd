import type { FastifyInstance } from 'fastify'
import { addAccountRoutes } from './account-routes.ts'
import { addActivityRoutes } from './activity-routes.ts'
import { addClientRoutes } from './client-routes.ts'
import type { Clientbook } from './clientbook.ts'
import { addCollectionRoutes } from './collection-routes.ts'
import { addControlRoutes } from './control-routes.ts'
import { addGate } from './gate.ts'
import { addOauthRoutes } from './oauth-routes.ts'
import { addProductRoutes } from './product-routes.ts'
import { addSmsRoutes } from './sms-routes.ts'
import { addStaffRoutes } from './staff-routes.ts'
import { addStateRoutes } from './state-routes.ts'
import { addWebhookRoutes } from './webhook-routes.ts'

/** All of the stand-in's routes: the API under `/clientbook`, its control and state. */
export async function addClientbookRoutes(app: FastifyInstance, book: Clientbook): Promise<void> {
  await app.register((scope) => addControlRoutes(scope, book))
  await app.register((scope) => addStaffRoutes(scope, book))
  addStateRoutes(app, book)
  await app.register(
    async (scope) => {
      await scope.register(async (oauth) => addOauthRoutes(oauth, book))
      await scope.register(async (api) => {
        addGate(api, book)
        addAccountRoutes(api, book)
        addClientRoutes(api, book)
        addCollectionRoutes(api, book)
        addProductRoutes(api, book)
        addActivityRoutes(api, book)
        addSmsRoutes(api, book)
        addWebhookRoutes(api, book)
      })
    },
    { prefix: '/clientbook' },
  )
}
