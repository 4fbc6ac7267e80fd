import { listDuplicateDecisions } from '@jumpring/db'
import { tenantIfAny } from '../../../access.ts'
import { builder } from '../../../builder.ts'
import { pageArgs, pageOf } from '../../../paging.ts'
import { DuplicateDecision } from '../types.ts'

const DuplicateDecisionPage = builder.connectionObject(
  { type: DuplicateDecision, name: 'DuplicateDecisionPage' },
  { name: 'DuplicateDecisionPageEdge' },
)

builder.queryField('duplicateDecisions', (t) =>
  t.field({
    type: DuplicateDecisionPage,
    nullable: true,
    description:
      'The decisions that are in force, newest first, whether the customers have still anything in common or not.',
    args: { tenantId: t.arg.id({ required: true }), ...pageArgs },
    resolve: async (_root, { tenantId, ...page }, context) => {
      const tenant = await tenantIfAny(context, 'tenant.read', tenantId)
      if (tenant === null) return null
      return pageOf(
        page,
        (wanted) => listDuplicateDecisions(context.db, tenant.id, wanted),
        ({ id, decidedAt }) => ({ id, value: decidedAt.toISOString() }),
      )
    },
  }),
)
