import { join } from 'node:path'
import Fastify, { type FastifyInstance } from 'fastify'
import { z } from 'zod'
import { Clientbook } from './clientbook/clientbook.ts'
import { addClientbookRoutes } from './clientbook/routes.ts'
import type { ClientbookSettingsPatch } from './clientbook/settings.ts'
import { Documents } from './documents.ts'
import { addMail } from './mail.ts'
import { addClientbookApp } from './pages/clientbook-app.ts'
import { addClientbookProducts } from './pages/clientbook-products.ts'
import { addIndexPage } from './pages/index-page.ts'
import { addPodiumApp } from './pages/podium-app.ts'
import { addPodiumItems } from './pages/podium-items.ts'
import { addStoreApp } from './pages/store-app.ts'
import { addStoreDay } from './pages/store-day.ts'
import { addStoreLists } from './pages/store-lists.ts'
import type { Client } from './platform/oauth-routes.ts'
import { addAccountRoutes } from './podium/account-routes.ts'
import { addContactRoutes } from './podium/contact-routes.ts'
import { addControlRoutes } from './podium/control-routes.ts'
import { addGate } from './podium/gate.ts'
import { addLabelRoutes } from './podium/label-routes.ts'
import { addOauthRoutes } from './podium/oauth-routes.ts'
import { addObjectControlRoutes } from './podium/object-control-routes.ts'
import { addObjectRoutes } from './podium/object-routes.ts'
import { Podium } from './podium/podium.ts'
import type { PodiumSettingsPatch } from './podium/settings.ts'
import { addTextRoutes } from './podium/text-routes.ts'
import { addWebhookRoutes } from './podium/webhook-routes.ts'
import { addStoreRoutes } from './store/routes/routes.ts'
import type { StoreSettingsPatch } from './store/settings.ts'
import { Store } from './store/store.ts'

export type SandboxOptions = {
  /** Where all state lives, the store's EDT folder included. */
  directory: string
  /** EDT: the store's license id, which names its folder. */
  licenseId?: string
  /** Where the service puts its mail; `mail` in `directory` otherwise. */
  mailFolder?: string
  /** How many customers the store has at its very first start. */
  customers?: number
  /** Whether it has items, sales, jobs and appointments then too. */
  history?: boolean
  /** The one application that is registered with each platform. */
  client?: Client
  /** Settings that differ from what was kept, or from the defaults. */
  podium?: PodiumSettingsPatch
  clientbook?: ClientbookSettingsPatch
  store?: StoreSettingsPatch
}
export type Sandbox = { app: FastifyInstance; podium: Podium; clientbook: Clientbook; store: Store }

const demoClient: Client = { id: 'jumpring-demo', secret: 'jumpring-demo-secret' }

/** The outside world in one process: Podium, Clientbook, and a store that runs The Edge. Closing `app` stops all of it. */
export async function createSandbox(options: SandboxOptions): Promise<Sandbox> {
  const documents = new Documents(join(options.directory, 'podium.sqlite'))
  const clientbookDocuments = new Documents(join(options.directory, 'clientbook.sqlite'))
  const client = options.client ?? demoClient
  const podium = new Podium(documents, client, options.podium ?? {})
  const clientbook = new Clientbook(clientbookDocuments, client, options.clientbook ?? {})
  const store = new Store(options.directory, options.licenseId ?? 'JR-0001', options.store ?? {})
  await store.open(options.customers, options.history)

  const app = Fastify({ forceCloseConnections: true, routerOptions: { maxParamLength: 500 } })
  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof z.ZodError) return reply.code(400).send({ error: z.prettifyError(error) })
    const status = z.object({ statusCode: z.number() }).safeParse(error)
    return reply.code(status.success ? status.data.statusCode : 500).send({ error: String(error) })
  })
  // What a platform has answered it does not forget, whenever it is killed.
  app.addHook('onSend', async () => {
    documents.flush()
    clientbookDocuments.flush()
  })
  app.get('/health', async () => ({ status: 'ok' }))
  addControlRoutes(app, podium)
  addObjectControlRoutes(app, podium)
  await addClientbookRoutes(app, clientbook)
  addStoreRoutes(app, store)
  addMail(app, options.mailFolder ?? join(options.directory, 'mail'))
  await app.register(async (pages) => {
    pages.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
      done(null, Object.fromEntries(new URLSearchParams(String(body)))),
    )
    addIndexPage(pages, podium, clientbook, store)
    addPodiumApp(pages, podium)
    addPodiumItems(pages, podium)
    addClientbookApp(pages, clientbook)
    addClientbookProducts(pages, clientbook)
    addStoreApp(pages, store)
    addStoreLists(pages, store)
    addStoreDay(pages, store)
  })
  await app.register(
    async (scope) => {
      await scope.register(async (oauth) => addOauthRoutes(oauth, podium))
      await scope.register(async (api) => {
        addGate(api, podium)
        addContactRoutes(api, podium)
        addLabelRoutes(api, podium)
        addAccountRoutes(api, podium)
        addWebhookRoutes(api, podium)
        addObjectRoutes(api, podium)
        addTextRoutes(api, podium)
      })
    },
    { prefix: '/podium' },
  )
  app.addHook('onClose', async () => {
    podium.close()
    clientbook.close()
    await store.close()
    documents.close()
    clientbookDocuments.close()
  })
  return { app, podium, clientbook, store }
}
