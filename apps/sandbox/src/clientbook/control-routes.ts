import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { addCommonControlRoutes } from '../platform/control-routes.ts'
import { addAccount, firstAccountId } from './accounts.ts'
import { type Clientbook, resettable } from './clientbook.ts'
import { newId, preferenceTypes, stampNow } from './model.ts'
import { addProblemAnswers, Problem } from './problems.ts'
import { allScopes } from './scopes.ts'
import { associateSchema, saveAssociate } from './staff.ts'
import { bare } from './views.ts'

const accountSchema = z.strictObject({
  name: z.string().min(1),
  locations: z.array(z.string()).min(1).default(['Main Street']),
  scopes: z.array(z.string()).default(allScopes),
})
const accountId = z.string().default(firstAccountId)
const codeSchema = z.strictObject({ accountId, scopes: z.array(z.string()).default(allScopes) })
const revokeSchema = z.strictObject({ accountId })
const accountPatchSchema = z.strictObject({ sms_enabled: z.boolean(), suspended: z.boolean() }).partial()
const idSchema = z.object({ id: z.string() })
const newAssociateSchema = associateSchema.extend({ accountId })
const definitionSchema = z.strictObject({
  accountId,
  name: z.string().min(1),
  type: z.enum(preferenceTypes).default('text'),
  choices: z.array(z.string()).default([]),
  max_length: z.int().min(1).max(255).nullable().default(null),
})
const definitionPatchSchema = z
  .strictObject({ name: z.string(), choices: z.array(z.string()), archived: z.boolean() })
  .partial()

/** What Clientbook's API does not have: its operators, and the set-up of an account. */
export async function addControlRoutes(app: FastifyInstance, book: Clientbook): Promise<void> {
  const { settings, faults, requests, accounts, associates, definitions } = book
  const reset = (only?: readonly (typeof resettable)[number][]) => book.reset(only)
  addProblemAnswers(app)
  addCommonControlRoutes(app, 'clientbook', { settings, faults, requests, resettable, reset })

  app.post('/control/clientbook/accounts', async (request) => {
    const { name, locations, scopes } = accountSchema.parse(request.body)
    return accountAnswer(addAccount(book, name, locations).id, scopes)
  })
  /** As when a person of the store connects the application (again): a new code. Default: the first account. */
  app.post('/control/clientbook/codes', async (request) => {
    const { accountId, scopes } = codeSchema.parse(request.body ?? {})
    return accountAnswer(accountId, scopes)
  })
  app.post('/control/clientbook/revoke', async (request) => {
    book.tokens.revoke(revokeSchema.parse(request.body ?? {}).accountId)
    return {}
  })
  app.patch('/control/clientbook/accounts/:id', async (request) => {
    const { sms_enabled, suspended } = accountPatchSchema.parse(request.body)
    const before = accounts.get(idSchema.parse(request.params).id)
    if (!before) throw new Problem('not_found')
    return accounts.put({
      ...before,
      sms_enabled: sms_enabled ?? before.sms_enabled,
      suspended: suspended ?? before.suspended,
    })
  })

  app.post('/control/clientbook/associates', async (request, reply) => {
    const { accountId, ...write } = newAssociateSchema.parse(request.body)
    return reply.code(201).send(bare(saveAssociate(book, accountId, undefined, write)))
  })
  app.patch('/control/clientbook/associates/:id', async (request) => {
    const before = associates.get(idSchema.parse(request.params).id)
    if (!before) throw new Problem('not_found')
    return bare(saveAssociate(book, before.account_id, before.id, associateSchema.parse(request.body)))
  })
  app.post('/control/clientbook/preferences', async (request, reply) => {
    const { accountId: account_id, ...fields } = definitionSchema.parse(request.body)
    const head = { id: newId('pf'), account_id, seq: book.nextSeq(), archived: false, updated_at: stampNow() }
    return reply.code(201).send(bare(definitions.put({ ...head, ...fields })))
  })
  app.patch('/control/clientbook/preferences/:id', async (request) => {
    const { name, choices, archived } = definitionPatchSchema.parse(request.body)
    const before = definitions.get(idSchema.parse(request.params).id)
    if (!before) throw new Problem('not_found')
    return bare(
      definitions.put({
        ...before,
        name: name ?? before.name,
        choices: choices ?? before.choices,
        archived: archived ?? before.archived,
        seq: book.nextSeq(),
        updated_at: stampNow(),
      }),
    )
  })

  function accountAnswer(accountId: string, scopes: string[]) {
    const account = accounts.get(accountId)
    if (!account) throw new Problem('not_found')
    return {
      accountId,
      locations: account.locations.map(({ id, name }) => ({ id, name })),
      associates: associates.of(accountId).map(bare),
      preferences: definitions.of(accountId).map(bare),
      clientId: book.client.id,
      clientSecret: book.client.secret,
      authorizationCode: book.tokens.code(accountId, scopes),
    }
  }
}
