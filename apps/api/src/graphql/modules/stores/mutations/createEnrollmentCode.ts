import { randomInt } from 'node:crypto'
import { JumpringError } from '@jumpring/contracts'
import { createEnrollmentCode, hashEnrollmentCode } from '@jumpring/db'
import { z } from 'zod'
import { tenantFor } from '../../../access.ts'
import { builder } from '../../../builder.ts'

const EnrollmentCode = builder.objectRef<{ code: string; expiresAt: Date }>('EnrollmentCode').implement({
  description: 'Installs one agent. It is shown this once and not kept.',
  fields: (t) => ({
    code: t.exposeString('code'),
    expiresAt: t.expose('expiresAt', { type: 'DateTime' }),
  }),
})

const validMs = 7 * 24 * 60 * 60 * 1000
/** Without 0, O, 1 and I, which people take for one another. */
const alphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'

builder.mutationField('createEnrollmentCode', (t) =>
  t.field({
    type: EnrollmentCode,
    errors: {},
    description: 'A code for installing an agent, valid for 7 days.',
    args: { tenantId: t.arg.id({ required: true }), sourceId: t.arg.id({ required: true }) },
    resolve: async (_root, { tenantId, sourceId }, context) => {
      const tenant = await tenantFor(context, 'agent.enroll', tenantId)
      if (!z.uuid().safeParse(sourceId).success) throw new JumpringError('not_found')
      const code = newCode()
      const expiresAt = new Date(Date.now() + validMs)
      await createEnrollmentCode(context.db, tenant.id, { sourceId, codeHash: hashEnrollmentCode(code), expiresAt })
      return { code, expiresAt }
    },
  }),
)

/** Three groups of four: 60 bits. */
function newCode(): string {
  const group = () => Array.from({ length: 4 }, () => alphabet[randomInt(alphabet.length)]).join('')
  return [group(), group(), group()].join('-')
}
