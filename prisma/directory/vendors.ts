import type { Platform } from '@jumpring/contracts'
import type { Vendor } from '../generated/client.ts'
import { type Database, inDirectory, type Scope } from '../scope.ts'
import { conflictAs } from './conflict.ts'

export type { Vendor }

/** The vendors a scope may see: an operator's all, a vendor's its own. */
export function listVendors(db: Database, scope: Scope): Promise<Vendor[]> {
  return inDirectory(db, scope, (directory) => directory.vendor.findMany({ orderBy: { name: 'asc' } }))
}

export function findVendor(db: Database, scope: Scope, id: string): Promise<Vendor | null> {
  return inDirectory(db, scope, (directory) => directory.vendor.findUnique({ where: { id } }))
}

/** @throws `conflict`: a platform is sold by one vendor */
export function createVendor(db: Database, vendor: { name: string; platform: Platform }): Promise<Vendor> {
  return conflictAs('This platform has a vendor already.', () =>
    inDirectory(db, { as: 'system' }, (directory) => directory.vendor.create({ data: vendor })),
  )
}
