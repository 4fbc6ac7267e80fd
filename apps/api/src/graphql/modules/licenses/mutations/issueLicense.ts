import { issueLicense } from '@jumpring/db'
import { licenseFor, permit } from '../../../access.ts'
import { builder } from '../../../builder.ts'
import { InvalidInput } from '../../../input.ts'
import { License } from '../types.ts'

builder.mutationField('issueLicense', (t) =>
  t.field({
    type: License,
    errors: {},
    description: 'Issues what was asked for: it is signed and mailed to the store, which installs it.',
    args: {
      licenseId: t.arg.id({ required: true }),
      from: t.arg({ type: 'DateTime', description: 'Now, unless told otherwise.' }),
      until: t.arg({ type: 'DateTime', description: 'A year after `from`, unless told otherwise.' }),
    },
    resolve: async (_root, args, context) => {
      const { sub: by } = permit(context, 'license.issue')
      const { id: licenseId, tenantId } = await licenseFor(context, 'license.issue', args.licenseId)
      const from = args.from ?? new Date()
      const until = args.until ?? aYearAfter(from)
      if (until <= from) throw new InvalidInput([{ path: 'until', message: 'It must end after it begins.' }])
      await issueLicense(context.db, { tenantId, licenseId }, { from, until, by })
      await context.ringLicense({ tenantId, licenseId })
      return licenseFor(context, 'license.issue', licenseId)
    },
  }),
)

function aYearAfter(instant: Date): Date {
  const later = new Date(instant)
  later.setUTCFullYear(later.getUTCFullYear() + 1)
  return later
}
