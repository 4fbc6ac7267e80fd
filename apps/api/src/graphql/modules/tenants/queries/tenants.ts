import { listTenants } from '@jumpring/db'
import { permit } from '../../../access.ts'
import { builder } from '../../../builder.ts'
import { pageArgs, pageOf } from '../../../paging.ts'
import { scopeOf } from '../../../viewer.ts'
import { TenantPage } from '../types.ts'

const TenantSort = builder.enumType('TenantSort', {
  values: {
    NAME: { value: { by: 'name', descending: false } },
    NAME_DESCENDING: { value: { by: 'name', descending: true } },
    OLDEST: { value: { by: 'createdAt', descending: false } },
    NEWEST: { value: { by: 'createdAt', descending: true } },
  } as const,
})

const TenantFilter = builder.inputType('TenantFilter', {
  fields: (t) => ({
    name: t.string({ description: 'Part of the name, in any case.' }),
    vendorId: t.id(),
  }),
})

builder.queryField('tenants', (t) =>
  t.field({
    type: TenantPage,
    description: 'The tenants that are yours to see.',
    args: {
      ...pageArgs,
      filter: t.arg({ type: TenantFilter }),
      sort: t.arg({ type: TenantSort, required: true, defaultValue: { by: 'name', descending: false } }),
    },
    resolve: (_root, { filter, sort, ...page }, context) => {
      const scope = scopeOf(permit(context, 'tenant.read'))
      return pageOf(
        page,
        ({ id, name, createdAt }) => ({ id, value: sort.by === 'name' ? name : createdAt.toISOString() }),
        (wanted) =>
          listTenants(context.db, scope, {
            ...wanted,
            sort,
            nameContains: filter?.name ?? undefined,
            vendorId: filter?.vendorId ?? undefined,
          }),
      )
    },
  }),
)
