import { z } from 'zod'
import { type UndoneMatch, undoneMatchSchema } from '../engine/undone-matches.ts'
import { type Database, inTenant, type Sql } from '../scope.ts'

/** What customers who look like one have in common. */
export const sharedKinds = ['phone', 'email', 'contact'] as const
export type SharedKind = (typeof sharedKinds)[number]

/** What a person decided of duplicates, as long as it is not undone. */
export interface DuplicateDecision {
  readonly id: string
  readonly decision: 'join' | 'apart'
  readonly customers: readonly string[]
  /** Of `apart`: what they share. */
  readonly kind: SharedKind | null
  readonly value: string | null
  readonly connectionId: string | null
  /** Of a match that was undone. */
  readonly match: UndoneMatch | null
  readonly decidedBy: string
  readonly decidedAs: string
  readonly decidedAt: Date
}

/** The decisions that are in force, newest first. */
export function listDuplicateDecisions(
  db: Database,
  tenantId: string,
  wanted: { readonly limit: number; readonly after?: { readonly value: string; readonly id: string } | undefined },
): Promise<DuplicateDecision[]> {
  return inTenant(db, tenantId, (sql) => decisionsInForce(sql, tenantId, wanted))
}

const decisionSchema = z.object({
  id: z.string(),
  decision: z.enum(['join', 'apart']),
  customers: z.array(z.string()),
  kind: z.enum(sharedKinds).nullable(),
  value: z.string().nullable(),
  connectionId: z.string().nullable(),
  match: undoneMatchSchema.nullable(),
  decidedBy: z.string(),
  decidedAs: z.string(),
  decidedAt: z.date(),
})

/** The decisions that are in force, newest first; `sql` is in the tenant's scope. */
export async function decisionsInForce(
  sql: Sql,
  tenantId: string,
  { limit, after }: { limit?: number; after?: { value: string; id: string } | undefined } = {},
): Promise<DuplicateDecision[]> {
  const { rows } = await sql.query(
    `SELECT id, decision, customers, kind, value, connection_id AS "connectionId", match, decided_by AS "decidedBy",
       decided_as AS "decidedAs", decided_at AS "decidedAt"
     FROM duplicate_decision WHERE tenant_id = $1 AND undone_at IS NULL
       AND ($2::timestamptz IS NULL OR (decided_at, id) < ($2, $3::uuid))
     ORDER BY decided_at DESC, id DESC LIMIT $4`,
    [tenantId, after?.value ?? null, after?.id ?? null, limit ?? null],
  )
  return rows.map((row) => decisionSchema.parse(row))
}
