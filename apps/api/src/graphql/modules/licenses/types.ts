import { tierSchema } from '@jumpring/contracts'
import { activeLicense, type License as LicenseRow, licenseStatuses, listLicenses } from '@jumpring/db'
import { z } from 'zod'
import { builder } from '../../builder.ts'
import { filterId } from '../../input.ts'
import { pageArgs, pageOf } from '../../paging.ts'
import { Tier } from '../connections/enums.ts'
import { Connection } from '../connections/types.ts'
import { Tenant } from '../tenants/types.ts'

const LicenseStatus = builder.enumType('LicenseStatus', {
  description:
    'requested: asked of the operator. signing: issued, its file is being made. issued: the file is there. active: installed in the store. superseded: a newer one is.',
  values: licenseStatuses,
})

export const License = builder.objectRef<LicenseRow>('License').implement({
  description: 'What opens the streams of a connection, from the order to its end.',
  fields: (t) => ({
    id: t.exposeID('id'),
    connectionId: t.exposeID('connectionId'),
    sourceId: t.exposeID('sourceId', { description: 'The store in which it is to be installed.' }),
    tier: t.field({ type: Tier, resolve: ({ tier }) => tierSchema.parse(tier) }),
    webStore: t.exposeBoolean('webStore'),
    status: t.field({ type: LicenseStatus, resolve: ({ status }) => z.enum(licenseStatuses).parse(status) }),
    serial: t.exposeInt('serial', { nullable: true, description: 'Rises with each license issued for a connection.' }),
    from: t.expose('validFrom', { type: 'DateTime', nullable: true }),
    until: t.expose('validUntil', { type: 'DateTime', nullable: true }),
    file: t.exposeString('file', { nullable: true, description: 'The signed file, once it is issued.' }),
    mailTo: t.exposeString('mailTo', { description: 'Who gets the file and the reminders.' }),
    requestedAt: t.expose('requestedAt', { type: 'DateTime' }),
    issuedAt: t.expose('issuedAt', { type: 'DateTime', nullable: true }),
    mailedAt: t.expose('mailedAt', { type: 'DateTime', nullable: true }),
    installedAt: t.expose('installedAt', { type: 'DateTime', nullable: true }),
    endedAt: t.expose('endedAt', { type: 'DateTime', nullable: true }),
    reason: t.exposeString('reason', { nullable: true, description: 'Why it was revoked.' }),
  }),
})

const LicensePage = builder.connectionObject({ type: License, name: 'LicensePage' }, { name: 'LicensePageEdge' })

const LicenseFilter = builder.inputType('LicenseFilter', {
  fields: (t) => ({ connectionId: t.id(), status: t.field({ type: LicenseStatus }) }),
})

builder.objectField(Tenant, 'licenses', (t) =>
  t.field({
    type: LicensePage,
    description: 'Newest first.',
    args: { ...pageArgs, filter: t.arg({ type: LicenseFilter }) },
    resolve: ({ id }, { filter, ...page }, { db }) =>
      pageOf(
        page,
        (wanted) =>
          listLicenses(db, id, {
            ...wanted,
            connectionId: filterId('connectionId', filter?.connectionId),
            status: filter?.status ?? undefined,
          }),
        (license) => ({ id: license.id, value: license.requestedAt.toISOString() }),
      ),
  }),
)

builder.objectField(Connection, 'license', (t) =>
  t.field({
    type: License,
    nullable: true,
    description: 'The one it runs on.',
    resolve: ({ id, tenantId }, _args, { db }) => activeLicense(db, { tenantId, connectionId: id }),
  }),
)
