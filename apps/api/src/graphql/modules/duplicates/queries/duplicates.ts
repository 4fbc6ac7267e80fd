import { listDuplicates } from '@jumpring/db'
import { tenantIfAny } from '../../../access.ts'
import { builder } from '../../../builder.ts'
import { pageArgs, pageOf } from '../../../paging.ts'
import { Duplicate, DuplicateFilter, DuplicateKind } from '../types.ts'

const DuplicatePage = builder.connectionObject(
  { type: Duplicate, name: 'DuplicatePage' },
  { name: 'DuplicatePageEdge' },
)

builder.queryField('duplicates', (t) =>
  t.field({
    type: DuplicatePage,
    nullable: true,
    description: 'Phones, e-mails and contacts that several customers have, and what was decided of them.',
    args: {
      tenantId: t.arg.id({ required: true }),
      ...pageArgs,
      filter: t.arg({ type: DuplicateFilter }),
      kind: t.arg({ type: DuplicateKind }),
    },
    resolve: async (_root, { tenantId, filter, kind, ...page }, context) => {
      const tenant = await tenantIfAny(context, 'tenant.read', tenantId)
      if (tenant === null) return null
      return pageOf(
        page,
        (wanted) =>
          listDuplicates(context.db, tenant.id, {
            ...wanted,
            kind: kind ?? undefined,
            open: filter === null || filter === undefined ? undefined : filter === 'open',
          }),
        ({ id, place }) => ({ id, value: place }),
        'text',
      )
    },
  }),
)
