import { hash } from 'node:crypto'
import { newSheet, type SheetKind, type SheetState, sheetKinds } from '@jumpring/sync'
import { z } from 'zod'
import type { Sql } from '../scope.ts'

/** A sheet of The Edge ↔ the platform's, for one connection. Of custom fields the key is the customer's. */
export interface SheetLink {
  readonly id: string
  readonly sourceId: string
  readonly kind: SheetKind
  readonly key: string
  /** Null until the platform has named it. */
  readonly uid: string | null
  /** The Edge key of the customer whose it is. */
  readonly customer: string
  readonly sheet: SheetState
  /** Of the journal when The Edge was last asked: every change since then counts (`versionsSince`). */
  readonly since: string
  /** Of custom fields: the version of the mapping by which the state is meant. */
  readonly mapping: number
}

/** The platform's name for a sheet that we have made. */
export const sheetIdOf = (sheet: { sourceId: string; kind: SheetKind; key: string }): string =>
  `${sheet.sourceId}/${sheet.kind}/${sheet.key}`

/** The sheet that `sheetIdOf` names; null where it names none. */
export function sheetNamed(externalId: string): { sourceId: string; kind: SheetKind; key: string } | null {
  const { data } = z.tuple([z.uuid(), z.enum(sheetKinds), z.string().min(1)]).safeParse(externalId.split('/'))
  return data ? { sourceId: data[0], kind: data[1], key: data[2] } : null
}

const fields = z.record(z.string(), z.string().nullable())
const sheetSchema = z.object({
  agreed: fields,
  edge: z.object({ shown: fields.nullable(), asked: fields.nullable(), closed: z.boolean() }),
  platform: z.object({
    shown: fields.nullable(),
    at: z.string().nullable(),
    asked: fields.nullable(),
    gone: z.boolean(),
    overwrote: z.array(z.object({ after: z.string().nullable(), until: z.string(), before: fields, wrote: fields })),
  }),
})
const stateSchema = z.object({ customer: z.string(), sheet: sheetSchema, since: z.string(), mapping: z.int() })
const rowSchema = z.object({
  id: z.string(),
  source_id: z.string(),
  kind: z.enum(sheetKinds),
  key: z.string(),
  uid: z.string().nullable(),
  state: stateSchema,
})
const columns = 'l.id, l.source_id, l.kind, l.key, l.uid, l.state'

function linkOf(raw: unknown): SheetLink {
  const { id, source_id: sourceId, kind, key, uid, state } = rowSchema.parse(raw)
  return { id, sourceId, kind, key, uid, ...state }
}

const stateOf = ({ customer, sheet, since, mapping }: Omit<SheetLink, 'id' | 'uid' | 'key' | 'kind' | 'sourceId'>) => ({
  customer,
  sheet,
  since,
  mapping,
})

/** Sheets by a condition on alias `l`, locked for the rest of the transaction. */
async function lock(
  sql: Sql,
  connectionId: string,
  condition: string,
  values: readonly unknown[],
): Promise<SheetLink[]> {
  const { rows } = await sql.query(
    `SELECT ${columns} FROM link l WHERE l.connection_id = $1 AND ${condition} ORDER BY l.id FOR UPDATE`,
    [connectionId, ...values],
  )
  return rows.map(linkOf)
}

export const lockSheetsByUid = (sql: Sql, connectionId: string, kind: SheetKind, uid: string) =>
  lock(sql, connectionId, 'l.kind = $2 AND l.uid = $3', [kind, uid])

export const lockSheetsByKey = (
  sql: Sql,
  connectionId: string,
  sheets: readonly { sourceId: string; kind: SheetKind; key: string }[],
) =>
  lock(
    sql,
    connectionId,
    '(l.source_id, l.kind, l.key) IN (SELECT * FROM unnest($2::uuid[], $3::text[], $4::text[]))',
    [sheets.map(({ sourceId }) => sourceId), sheets.map(({ kind }) => kind), sheets.map(({ key }) => key)],
  )

/** All wishes of a customer. */
export const lockWishesOf = (sql: Sql, connectionId: string, sourceId: string, customer: string) =>
  lock(sql, connectionId, `l.kind = 'wish' AND l.source_id = $2 AND l.state->>'customer' = $3`, [sourceId, customer])

/** A sheet that has no link yet. */
export interface NewSheetLink {
  readonly sourceId: string
  readonly kind: SheetKind
  readonly key: string
  readonly customer: string
  readonly uid: string | null
  readonly mapping: number
}

/** Makes links, and gives them locked; where there is one already, that one. */
export async function insertSheets(
  sql: Sql,
  connection: { id: string; tenantId: string },
  sheets: readonly NewSheetLink[],
): Promise<SheetLink[]> {
  if (sheets.length === 0) return []
  const { rows } = await sql.query(
    `INSERT INTO link AS l (tenant_id, connection_id, source_id, kind, key, status, uid, identifiers, state)
     SELECT $1, $2, t.source_id, t.kind, t.key, 'active', t.uid, '{}', t.state
     FROM jsonb_to_recordset($3::jsonb) AS t(source_id uuid, kind text, key text, uid text, state jsonb)
     ORDER BY t.source_id, t.kind, t.key
     ON CONFLICT (connection_id, source_id, kind, key) DO UPDATE SET updated_at = now()
     RETURNING ${columns}`,
    [
      connection.tenantId,
      connection.id,
      JSON.stringify(
        sheets.map(({ sourceId, kind, key, uid, customer, mapping }) => ({
          source_id: sourceId,
          kind,
          key,
          uid,
          state: stateOf({ customer, sheet: newSheet, since: '0', mapping }),
        })),
      ),
    ],
  )
  return rows.map(linkOf)
}

export async function saveSheets(sql: Sql, links: readonly SheetLink[]): Promise<void> {
  if (links.length === 0) return
  await sql.query(
    `UPDATE link l SET uid = t.uid, state = t.state, updated_at = now()
     FROM jsonb_to_recordset($1::jsonb) AS t(id uuid, uid text, state jsonb) WHERE l.id = t.id AND l.id = ANY($2)`,
    [
      JSON.stringify(links.map((link) => ({ id: link.id, uid: link.uid, state: stateOf(link) }))),
      links.map(({ id }) => id),
    ],
  )
}

/** What became of the newest thing that The Edge was asked for on behalf of a link; null where it was not asked. */
export async function fateOfWish(
  sql: Sql,
  linkId: string,
): Promise<'queued' | 'written' | 'done' | 'dropped' | 'failed' | 'changed' | null> {
  const { rows } = await sql.query<{ status: string }>(
    'SELECT status FROM command WHERE link_id = $1 ORDER BY created_at DESC, id DESC LIMIT 1',
    [linkId],
  )
  return z
    .enum(['queued', 'written', 'done', 'dropped', 'failed', 'changed'])
    .nullable()
    .parse(rows[0]?.status ?? null)
}

/** The number of the tenant's newest change, to ask later what a record has been since (`versionsSince`). */
export async function journalNow(sql: Sql, tenantId: string): Promise<string> {
  const { rows } = await sql.query<{ seq: string }>(
    'SELECT journal_seq::text AS seq FROM tenant_counter WHERE tenant_id = $1',
    [tenantId],
  )
  return rows[0]?.seq ?? '0'
}

/**
 * What a record has been after a number of the journal and before it became what it is now, in order: where people set a value back,
 * nobody else could tell that it was another meanwhile.
 */
export async function versionsSince(
  sql: Sql,
  record: { tenantId: string; sourceId: string; kind: string; key: string },
  since: string,
): Promise<string[]> {
  const { rows } = await sql.query<{ before: string | null }>(
    'SELECT before FROM journal WHERE tenant_id = $1 AND seq > $2 AND source_id = $3 AND kind = $4 AND key = $5 ORDER BY seq',
    [record.tenantId, since, record.sourceId, record.kind, record.key],
  )
  // The first change replaced what was known when it was asked.
  return rows.slice(1).flatMap(({ before }) => before ?? [])
}

/**
 * Notes a message of the platform.
 * @returns the key for The Edge; null where it was noted before
 */
export async function noteMessage(
  sql: Sql,
  connection: { id: string; tenantId: string },
  message: { sourceId: string; customer: string; uid: string },
): Promise<string | null> {
  const { rows } = await sql.query<{ key: string }>(
    `INSERT INTO link (tenant_id, connection_id, source_id, kind, key, status, uid, identifiers, state)
     VALUES ($1, $2, $3, 'message', $5, 'active', $4, '{}', '{}')
     ON CONFLICT (connection_id, source_id, kind, key) DO NOTHING RETURNING key`,
    [
      connection.tenantId,
      connection.id,
      message.sourceId,
      message.uid,
      `jr-${hash('sha1', `${connection.id}/${message.uid}`)}`,
    ],
  )
  return rows[0]?.key ?? null
}

/** CB-03: the version of the mapping of custom fields; 0 while it was never made. */
export async function mappingVersion(sql: Sql, connectionId: string): Promise<number> {
  const { rows } = await sql.query<{ version: number }>(
    'SELECT coalesce(max(version), 0)::int AS version FROM field_mapping WHERE connection_id = $1',
    [connectionId],
  )
  return rows[0]?.version ?? 0
}

/** A value of the platform that did not win, for a person to see. */
export interface NewConflict {
  readonly sourceId: string
  readonly kind: SheetKind
  readonly key: string
  readonly customer: string
  readonly field: string
  readonly value: string | null
  readonly won: string | null
  readonly why: 'both_changed' | 'closed'
  /** The note that keeps it in The Edge. */
  readonly note: string | null
}

export async function keepConflict(
  sql: Sql,
  connection: { id: string; tenantId: string },
  lost: NewConflict,
): Promise<void> {
  await sql.query(
    `INSERT INTO conflict (tenant_id, connection_id, source_id, kind, key, customer, field, value, won, why, note)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      connection.tenantId,
      connection.id,
      lost.sourceId,
      lost.kind,
      lost.key,
      lost.customer,
      lost.field,
      lost.value,
      lost.won,
      lost.why,
      lost.note,
    ],
  )
}
