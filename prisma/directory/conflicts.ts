import type { Conflict } from '../generated/client.ts'
import { type Database, inDirectory } from '../scope.ts'
import type { ConnectionAt } from './connections.ts'

export type { Conflict }

/** One page of a connection's conflicts, newest first. */
export function listConflicts(
  db: Database,
  at: ConnectionAt,
  wanted: { limit: number; customer?: string | undefined; after?: { value: string; id: string } | undefined },
): Promise<Conflict[]> {
  const { after, customer } = wanted
  return inDirectory(db, { as: 'tenant', tenantId: at.tenantId }, (directory) =>
    directory.conflict.findMany({
      where: {
        connectionId: at.connectionId,
        ...(customer === undefined ? {} : { customer }),
        ...(after === undefined
          ? {}
          : { OR: [{ at: { lt: after.value } }, { at: after.value, id: { lt: after.id } }] }),
      },
      orderBy: [{ at: 'desc' }, { id: 'desc' }],
      take: wanted.limit,
    }),
  )
}
