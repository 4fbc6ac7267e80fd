import type { Prisma, Tenant } from '../generated/client.ts'
import { type Database, inDirectory, type Scope } from '../scope.ts'
import { conflictAs } from './conflict.ts'

export type { Tenant }

/** Which tenants of a scope, in which order, from where. */
export interface TenantsWanted {
  readonly limit: number
  readonly nameContains?: string | undefined
  readonly vendorId?: string | undefined
  readonly sort: { readonly by: 'name' | 'createdAt'; readonly descending: boolean }
  /** The tenant that the page starts behind: its value of the sorted field, and its id among equals. */
  readonly after?: { readonly value: string; readonly id: string } | undefined
}

/** One page of the tenants that a scope sees. */
export function listTenants(db: Database, scope: Scope, wanted: TenantsWanted): Promise<Tenant[]> {
  const direction = wanted.sort.descending ? 'desc' : 'asc'
  const where: Prisma.TenantWhereInput = {
    ...(wanted.nameContains === undefined ? {} : { name: { contains: wanted.nameContains, mode: 'insensitive' } }),
    ...(wanted.vendorId === undefined ? {} : { vendorId: wanted.vendorId }),
    ...(wanted.after === undefined ? {} : { OR: behind(wanted.sort, wanted.after) }),
  }
  return inDirectory(db, scope, (directory) =>
    directory.tenant.findMany({
      where,
      orderBy: [wanted.sort.by === 'name' ? { name: direction } : { createdAt: direction }, { id: direction }],
      take: wanted.limit,
    }),
  )
}

function behind(sort: TenantsWanted['sort'], after: { value: string; id: string }): Prisma.TenantWhereInput[] {
  const beyond = sort.descending ? { lt: after.value } : { gt: after.value }
  const sameButLater = { id: sort.descending ? { lt: after.id } : { gt: after.id } }
  return sort.by === 'name'
    ? [{ name: beyond }, { name: after.value, ...sameButLater }]
    : [{ createdAt: beyond }, { createdAt: after.value, ...sameButLater }]
}

/** A tenant, or null where there is none or the scope does not see it: the two look alike. */
export function findTenant(db: Database, scope: Scope, id: string): Promise<Tenant | null> {
  return inDirectory(db, scope, (directory) => directory.tenant.findUnique({ where: { id } }))
}

/** @throws `conflict` when the vendor has a tenant of this name */
export function createTenant(
  db: Database,
  scope: Scope,
  tenant: { vendorId: string; name: string; region: string },
): Promise<Tenant> {
  return conflictAs('The vendor has a tenant of this name already.', () =>
    inDirectory(db, scope, async (directory) => {
      const created = await directory.tenant.create({ data: tenant })
      // createMany asks for nothing back: this scope may add a counter and not read one.
      await directory.tenantCounter.createMany({ data: { tenantId: created.id } })
      return created
    }),
  )
}
