import { listActivity } from '@jumpring/db'
import { connectionIfAny } from '../../../access.ts'
import { builder } from '../../../builder.ts'
import { pageArgs, pageOf } from '../../../paging.ts'
import { ActivityPage } from '../activity.ts'

builder.queryField('activity', (t) =>
  t.field({
    type: ActivityPage,
    nullable: true,
    description:
      'What a connection has brought over, oldest first: the newest entries, or those that follow `after`. To follow it, ask again with `pageInfo.endCursor`.',
    args: { connectionId: t.arg.id({ required: true }), ...pageArgs },
    resolve: async (_root, { connectionId, ...page }, context) => {
      const connection = await connectionIfAny(context, 'tenant.read', connectionId)
      if (connection === null) return null
      const at = { tenantId: connection.tenantId, connectionId }
      return pageOf(
        page,
        // Behind the newest there is no next page to look for.
        ({ limit, after }) => listActivity(context.db, at, { limit: after ? limit : limit - 1, after }),
        (entry) => ({ id: entry.id, value: entry.at.toISOString() }),
      )
    },
  }),
)
