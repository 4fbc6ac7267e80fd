import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Clientbook } from './clientbook.ts'
import { pageOf, pageShape, queryOf, sinceShape } from './pages.ts'
import { Problem } from './problems.ts'
import { bare } from './views.ts'

const listSchema = z.strictObject(pageShape)
const associatesSchema = z.strictObject({ ...pageShape, ...sinceShape })

/** The account, its stores and its staff. */
export function addAccountRoutes(app: FastifyInstance, book: Clientbook): void {
  const { accounts, associates, definitions } = book
  const own = (accountId: string) => {
    const account = accounts.get(accountId)
    if (!account) throw new Problem('not_found')
    return account
  }

  app.get('/v1/account', async (request) => {
    const { id, name, time_zone, currency, sms_enabled } = own(request.accountId)
    return { id, name, time_zone, currency, sms_enabled }
  })
  app.get('/v1/locations', async (request) => {
    const query = queryOf(request, listSchema)
    const all = own(request.accountId).locations.map((location, seq) => ({ ...location, seq }))
    return pageOf(
      book,
      () => all,
      query,
      ({ seq: _seq, ...location }) => location,
    )
  })
  app.get('/v1/associates', async (request) => {
    const query = queryOf(request, associatesSchema)
    return pageOf(book, (after) => associates.each(request.accountId, after), query, bare)
  })
  app.get('/v1/preferences', { config: { scope: 'preferences:read' } }, async (request) => {
    const query = queryOf(request, listSchema)
    return pageOf(book, (after) => definitions.each(request.accountId, after), query, bare)
  })
}
