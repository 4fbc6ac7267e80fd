import { z } from 'zod'
import { type MatchReason, matchReasons } from '../engine/matches.ts'
import { storedCustomerSchema } from '../engine/records.ts'
import { isKnown } from '../engine/waiting.ts'
import { type Database, inTenant, type Sql } from '../scope.ts'
import { nameOf } from './activity.ts'
import type { ConnectionAt } from './connections.ts'

/** Which of a tenant's customers. Every condition that is set must hold. */
export interface CustomerFilter {
  readonly sourceId?: string | undefined
  /** The Edge's store number: `001`. */
  readonly store?: string | undefined
  /** A part of the name or of the company, in any case. */
  readonly name?: string | undefined
  readonly changedSince?: Date | undefined
  readonly hasEmail?: boolean | undefined
  readonly selected?: boolean | undefined
  /** Whether the platform has a contact for the customer. */
  readonly linked?: boolean | undefined
}

/** By what a customer is selected: a person, the mark in The Edge, or that the contact was the platform's. */
export const selectedBy = ['person', 'mark', 'platform'] as const
export type SelectedBy = (typeof selectedBy)[number]

/** A customer as one connection has it. */
export interface CustomerSeen {
  readonly sourceId: string
  readonly key: string
  readonly name: string | null
  /** When the store's agent saw the last change. */
  readonly changedAt: Date
  /** Null: by nothing. */
  readonly selectedBy: SelectedBy | null
  readonly link: CustomerLink | null
}

/** The platform's contact of a customer. */
export interface CustomerLink {
  readonly status: 'active' | 'creating' | 'shared' | 'gone'
  readonly uid: string | null
  /** Of `shared`: the key of who stands for the contact. */
  readonly sharedWith: string | null
  /** `created`: we made the contact. Null where another stands for it. */
  readonly matchedBy: MatchReason | 'created' | null
  readonly matchedAt: Date | null
}

const rowSchema = z.object({
  source_id: z.string(),
  key: z.string(),
  payload: z.string(),
  changed_at: z.date(),
  selected_by: z.enum(selectedBy).nullable(),
  status: z.enum(['active', 'creating', 'shared', 'gone']).nullable(),
  uid: z.string().nullable(),
  shared_with: z.string().nullable(),
  matched_by: z.enum([...matchReasons, 'created']).nullable(),
  matched_at: z.date().nullable(),
})

/** One page of customers, in the order of source and number. */
export function listCustomers(
  db: Database,
  at: ConnectionAt,
  wanted: CustomerFilter & { readonly limit: number; readonly after?: { value: string; id: string } | undefined },
): Promise<CustomerSeen[]> {
  return inTenant(db, at.tenantId, async (sql) => {
    const { limit, after, ...filter } = wanted
    const { condition, values } = conditionOf(at, filter)
    const { rows } = await sql.query(
      `SELECT r.source_id, r.key, r.payload, r.changed_at, selected_by($2, $1, r.source_id, r.key) AS selected_by,
         l.status, l.uid, l.shared_with, l.matched_at,
         coalesce(l.matched_by, CASE WHEN ${isKnown('l')} THEN 'created' END) AS matched_by
       FROM record r ${linkOfRecord} WHERE ${condition}
         AND ($${values.length + 1}::uuid IS NULL OR (r.source_id, r.key) > ($${values.length + 1}, $${values.length + 2}))
       ORDER BY r.source_id, r.key LIMIT $${values.length + 3}`,
      [...values, after?.id ?? null, after?.value ?? '', limit],
    )
    return rows.map((row) => customerOf(rowSchema.parse(row)))
  })
}

/** Names of the customers that a filter finds. `sql` is in the tenant's scope. */
export async function findCustomers(
  sql: Sql,
  at: ConnectionAt,
  filter: CustomerFilter,
): Promise<{ sourceId: string; key: string }[]> {
  const { condition, values } = conditionOf(at, filter)
  const { rows } = await sql.query<{ source_id: string; key: string }>(
    `SELECT r.source_id, r.key FROM record r ${linkOfRecord} WHERE ${condition}`,
    [...values],
  )
  return rows.map((row) => ({ sourceId: row.source_id, key: row.key }))
}

const linkOfRecord = `LEFT JOIN link l ON l.connection_id = $2 AND l.source_id = r.source_id AND l.kind = 'customer' AND l.key = r.key`

/** A condition on a record `r` and its link `l`. `$1` is the tenant, `$2` the connection. */
function conditionOf(at: ConnectionAt, filter: CustomerFilter): { condition: string; values: readonly unknown[] } {
  const { sourceId, store, name, changedSince, hasEmail, selected, linked } = filter
  const values: unknown[] = [at.tenantId, at.connectionId]
  const conditions = [`r.tenant_id = $1`, `r.kind = 'customer'`]
  const need = (value: unknown, condition: (parameter: string) => string) => {
    if (value === undefined) return
    values.push(value)
    conditions.push(condition(`$${values.length}`))
  }
  need(sourceId, (parameter) => `r.source_id = ${parameter}::uuid`)
  need(store, (parameter) => `starts_with(r.key, ${parameter} || '-')`)
  need(name, (parameter) => `strpos(lower(${nameInRecord}), lower(${parameter})) > 0`)
  need(changedSince, (parameter) => `r.changed_at >= ${parameter}::timestamptz`)
  need(
    hasEmail,
    (parameter) =>
      `${parameter}::boolean = EXISTS (SELECT FROM identity i WHERE i.tenant_id = $1 AND i.source_id = r.source_id AND i.key = r.key AND i.type = 'email')`,
  )
  need(selected, (parameter) => `${parameter}::boolean = (selected_by($2, $1, r.source_id, r.key) IS NOT NULL)`)
  need(
    linked,
    (parameter) =>
      `${parameter}::boolean = coalesce(l.status = 'shared' AND l.uid IS NOT NULL OR ${isKnown('l')}, false)`,
  )
  return { condition: conditions.join(' AND '), values }
}

const nameInRecord = `(SELECT concat_ws(' ', p->>'firstName', p->>'lastName', p->>'company') FROM (SELECT r.payload::jsonb AS p) AS read)`

function customerOf(row: z.infer<typeof rowSchema>): CustomerSeen {
  const { data: customer } = storedCustomerSchema.safeParse(row.payload)
  return {
    sourceId: row.source_id,
    key: row.key,
    name: customer ? nameOf(customer) : null,
    changedAt: row.changed_at,
    selectedBy: row.selected_by,
    link: row.status && {
      status: row.status,
      uid: row.uid,
      sharedWith: row.shared_with?.split('/').at(-1) ?? null,
      matchedBy: row.matched_by,
      matchedAt: row.matched_at,
    },
  }
}
