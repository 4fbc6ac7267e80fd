import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { Store } from '../store.ts'
import { addControlRoutes } from './control-routes.ts'
import { addCustomerRoutes } from './customer-routes.ts'
import { addDiaryRoutes } from './diary-routes.ts'
import { addRowRoutes } from './row-routes.ts'
import { addTillRoutes } from './till-routes.ts'

/** Everything that can be asked of the store, and done in it. */
export function addStoreRoutes(app: FastifyInstance, store: Store): void {
  app.get('/state/store/imports', async () => store.database.imports())
  app.get('/state/store/database', async () => ({ file: store.database.file }))
  app.get('/state/store/folder', async () => ({
    folder: store.folder,
    inbox: join(store.folder, 'Inbox'),
    outbox: join(store.folder, 'Outbox'),
  }))
  addCustomerRoutes(app, store)
  addRowRoutes(app, store)
  addTillRoutes(app, store)
  addDiaryRoutes(app, store)
  addControlRoutes(app, store)
}
