import { JumpringError } from '@jumpring/contracts'
import { findPersonByEmail, type Person } from '@jumpring/db'
import { builder } from '../../../builder.ts'
import { personClaimsSchema } from '../../../viewer.ts'
import { noPassword, passwordFits } from '../password.ts'
import { emailSchema, User } from '../types.ts'

const SignedIn = builder.objectRef<{ token: string; user: Person }>('SignedIn').implement({
  fields: (t) => ({
    token: t.exposeString('token', {
      description: 'Goes with each request: `Authorization: Bearer …`. Good for 12 hours.',
    }),
    user: t.expose('user', { type: User }),
  }),
})

builder.mutationField('signIn', (t) =>
  t.field({
    type: SignedIn,
    errors: {},
    args: { email: t.arg.string({ required: true }), password: t.arg.string({ required: true }) },
    resolve: async (_root, { email, password }, { db, address, maySignIn, signToken }) => {
      if (!(await maySignIn(address))) throw new JumpringError('rate_limited', 'Too many tries; wait a minute.')
      const user = await findPersonByEmail(db, emailSchema.safeParse(email).data ?? '')
      // Somebody unknown costs the same time and gets the same answer as a wrong password.
      const fits = await passwordFits(password, user?.passwordHash ?? noPassword)
      if (user === null || !fits) throw new JumpringError('not_signed_in', 'E-mail or password is wrong.')
      const { id, role, vendorId, tenantId } = user
      return { token: await signToken(personClaimsSchema.parse({ sub: id, role, vendorId, tenantId })), user }
    },
  }),
)
