import { createHash } from 'node:crypto'
import type { Connector } from '@jumpring/connector-kit'
import { connectorFor } from '@jumpring/connectors'
import { JumpringError, platformSchema } from '@jumpring/contracts'
import { type Database, findWebhookTenant, inTenant, type Keyring, loadSecrets, storeWebhook } from '@jumpring/db'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Doorbell } from '../doorbell.ts'
import { storable } from '../input.ts'

/** What the webhooks need from the rest of the api. */
export interface WebhookServices {
  readonly db: Database
  readonly keyring: Keyring
  readonly ringSparingly: Doorbell['ringSparingly']
}

const paramsSchema = z.object({ platform: platformSchema, connectionId: z.uuid() })

/** `POST /webhooks/:platform/:connectionId`: what a platform tells us is verified, kept, and answered at once; a worker decides about it. */
export function registerWebhooks(app: FastifyInstance, { db, keyring, ringSparingly }: WebhookServices): void {
  app.register(async (scope) => {
    // The signature is over the bytes as they came.
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser<Buffer>('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))

    scope.post<{ Body: Buffer }>('/webhooks/:platform/:connectionId', async (request) => {
      const params = paramsSchema.safeParse(request.params)
      if (!params.success || !Buffer.isBuffer(request.body)) throw new JumpringError('not_found')
      const { platform, connectionId } = params.data
      const tenantId = await findWebhookTenant(db, platform, connectionId)
      if (tenantId === null) throw new JumpringError('not_found')
      const connector = connectorFor(platform)
      const rawBody = request.body
      await inTenant(db, tenantId, async (sql) => {
        const { webhookSecret } = await loadSecrets(sql, keyring, connectionId)
        if (!connector.verifyWebhook({ headers: request.headers, rawBody }, webhookSecret)) {
          throw new JumpringError('not_signed_in', 'The signature does not fit.')
        }
        const body = storable(rawBody.toString('utf8'))
        await storeWebhook(sql, { tenantId, connectionId, eventId: eventIdOf(connector, body), body })
      })
      ringSparingly({ tenantId, connectionId })
      return { received: true }
    })
  })
}

/** An event that cannot be understood is kept too, for the quarantine, under the fingerprint of its body. */
function eventIdOf(connector: Connector, body: string): string {
  try {
    // Only the id is wanted here; the region has no part in it.
    return storable(connector.readEvent(body, 'US').eventId)
  } catch (error) {
    if (!(error instanceof JumpringError)) throw error
    return `sha256:${createHash('sha256').update(body).digest('hex')}`
  }
}
