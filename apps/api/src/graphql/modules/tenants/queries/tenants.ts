import { listTenants, type TenantsWanted } from '@jumpring/db'
import { permit } from '../../../access.ts'
import { builder } from '../../../builder.ts'
import { filterId, filterText } from '../../../input.ts'
import { pageArgs, pageOf } from '../../../paging.ts'
import { scopeOf } from '../../../viewer.ts'
import { TenantPage } from '../types.ts'

const sorts = {
  NAME: { by: 'name', descending: false },
  NAME_DESCENDING: { by: 'name', descending: true },
  OLDEST: { by: 'createdAt', descending: false },
  NEWEST: { by: 'createdAt', descending: true },
} as const satisfies Record<string, TenantsWanted['sort']>

const TenantSort = builder.enumType('TenantSort', { values: ['NAME', 'NAME_DESCENDING', 'OLDEST', 'NEWEST'] as const })

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
      sort: t.arg({ type: TenantSort, required: true, defaultValue: 'NAME' }),
    },
    resolve: (_root, { filter, sort: sortName, ...page }, context) => {
      const sort = sorts[sortName]
      const scope = scopeOf(permit(context, 'tenant.read'))
      return pageOf(
        page,
        (wanted) =>
          listTenants(context.db, scope, {
            ...wanted,
            sort,
            nameContains: filterText('name', filter?.name),
            vendorId: filterId('vendorId', filter?.vendorId),
          }),
        ({ id, name, createdAt }) => ({ id, value: sort.by === 'name' ? name : createdAt.toISOString() }),
        sort.by === 'name' ? 'text' : 'instant',
      )
    },
  }),
)
