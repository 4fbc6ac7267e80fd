import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { smsWriteSchema } from './bodies.ts'
import type { Clientbook } from './clientbook.ts'
import { hasOptedOut } from './messages.ts'
import { invalid, Problem } from './problems.ts'
import { smsView } from './sms.ts'

const headersSchema = z.object({ 'idempotency-key': z.string().min(1).max(120) })
const keyLifeMs = 24 * 3_600_000

/** Texts that Clientbook sends as the store's SMS provider. They leave nothing in a client's data. */
export function addSmsRoutes(app: FastifyInstance, book: Clientbook): void {
  const { accounts, texts } = book
  app.post('/v1/sms', { config: { scope: 'sms:send' } }, async (request, reply) => {
    const { accountId: account } = request
    const headers = headersSchema.safeParse(request.headers)
    if (!headers.success) throw new Problem('invalid_request', { detail: 'Idempotency-Key' })
    const reference = headers.data['idempotency-key']
    const { to, body, location_id } = smsWriteSchema.parse(request.body)
    const first = texts.byReference(account, reference)
    if (first && Date.parse(first.createdAt) + keyLifeMs > Date.now()) {
      return reply.code(202).send(smsView({ ...first, status: 'accepted', updatedAt: first.createdAt }))
    }
    const { sms_enabled = false, locations = [] } = accounts.get(account) ?? {}
    if (!sms_enabled) throw new Problem('sms_not_enabled')
    if (location_id !== undefined && !locations.some(({ id }) => id === location_id)) {
      throw invalid('/location_id', 'value_not_allowed', location_id)
    }
    if (hasOptedOut(book, account, to)) throw new Problem('recipient_opted_out')
    const text = texts.send({ account, via: 'provider', to, body, locationUid: location_id ?? null, reference })
    return reply.code(202).send(smsView(text))
  })
}
