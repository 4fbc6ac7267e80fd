import { type Alert as AlertRow, listAlerts } from '@jumpring/db'
import { permit } from '../../../access.ts'
import { builder } from '../../../builder.ts'
import { filterId } from '../../../input.ts'
import { pageArgs, pageOf } from '../../../paging.ts'
import { scopeOf } from '../../../viewer.ts'

const Alert = builder.objectRef<AlertRow>('Alert').implement({
  description: 'What somebody has to see to.',
  fields: (t) => ({
    id: t.exposeID('id'),
    kind: t.exposeString('kind', { description: 'license_requested, license_ending or license_expired.' }),
    message: t.exposeString('message'),
    tenantId: t.exposeID('tenantId'),
    connectionId: t.exposeID('connectionId'),
    licenseId: t.exposeID('licenseId', { nullable: true }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    resolvedAt: t.expose('resolvedAt', { type: 'DateTime', nullable: true }),
  }),
})

const AlertPage = builder.connectionObject({ type: Alert, name: 'AlertPage' }, { name: 'AlertPageEdge' })

const AlertFilter = builder.inputType('AlertFilter', {
  fields: (t) => ({
    tenantId: t.id(),
    open: t.boolean({ description: 'true: what still stands. false: what was seen to. Left out: both.' }),
  }),
})

builder.queryField('alerts', (t) =>
  t.field({
    type: AlertPage,
    description: 'Of the tenants that are yours to see, newest first.',
    args: { ...pageArgs, filter: t.arg({ type: AlertFilter }) },
    resolve: (_root, { filter, ...page }, context) => {
      const scope = scopeOf(permit(context, 'alert.read'))
      return pageOf(
        page,
        (wanted) =>
          listAlerts(context.db, scope, {
            ...wanted,
            open: filter?.open ?? undefined,
            tenantId: filterId('tenantId', filter?.tenantId),
          }),
        (alert) => ({ id: alert.id, value: alert.createdAt.toISOString() }),
      )
    },
  }),
)
