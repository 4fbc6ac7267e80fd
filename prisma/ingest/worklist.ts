import { looksAt, type RecordKind, type WorkKind, workOf } from '@jumpring/contracts'
import { type EntitlementRow, entitlementColumns, entitlementOf, openStreamsOf } from '../licensing/entitled.ts'
import type { Sql } from '../scope.ts'

/** What a connection looks at of a record. */
export interface WorkList {
  readonly connectionId: string
  readonly kind: WorkKind
}

/** A connection of the tenant and what it may look at. */
export interface Entitled {
  readonly connectionId: string
  looksAt(kind: WorkKind): boolean
}

/** The tenant's connections, paused ones too: they keep their work list. Read it after the tenant's counter is locked (claim.ts). */
export async function readConnections(sql: Sql): Promise<Entitled[]> {
  const { rows } = await sql.query<EntitlementRow & { id: string }>({
    name: 'connections',
    text: `SELECT id, ${entitlementColumns} FROM connection ORDER BY id`,
  })
  return rows.map((row) => {
    const open = openStreamsOf(entitlementOf(row))
    return { connectionId: row.id, looksAt: (kind) => looksAt(kind, open) }
  })
}

/** The work lists on which a change of such a record is put. */
export function listsOf(connections: readonly Entitled[], kind: RecordKind): WorkList[] {
  return connections.flatMap((connection) =>
    workOf(kind)
      .filter((work) => connection.looksAt(work))
      .map((work) => ({ connectionId: connection.connectionId, kind: work })),
  )
}
