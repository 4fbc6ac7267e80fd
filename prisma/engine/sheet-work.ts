import {
  type Customer,
  type Note,
  type RecordKind,
  recordKindOf,
  recordSchemas,
  type WishRecord,
} from '@jumpring/contracts'
import { type SheetFields, type SheetKind, sheetKinds } from '@jumpring/sync'
import { z } from 'zod'
import type { Sql } from '../scope.ts'
import type { EffectSort } from './effects.ts'
import { type Clearance, changeSeen, clearance, isFree, type Lane, lanes } from './work.ts'

/** What is stored of The Edge for a sheet: of custom fields the customer. */
export type SheetRecord =
  | { readonly kind: 'customFields'; readonly record: Customer }
  | { readonly kind: 'wish'; readonly record: WishRecord }
  | { readonly kind: 'note'; readonly record: Note }

interface Common {
  readonly sourceId: string
  readonly key: string
  readonly seq: string
  /** See WorkItem. */
  readonly ticket: string
  /** When the agent saw the record as it is now. */
  readonly seenAt: Date
  /** Of the change that waits (changeSeen). */
  readonly changedAt: Date | null
}

/** A sheet that a connection has still to look at. */
export type SheetWork = Common & SheetRecord
/** One whose stored payload is not of its form (any more). */
export type UnreadableSheet = Common & { readonly kind: SheetKind }

const rowSchema = z.object({
  source_id: z.string(),
  kind: z.enum(sheetKinds),
  key: z.string(),
  seq: z.string(),
  ticket: z.string(),
  payload: z.string(),
  seen_at: z.date(),
  changed_at: z.date().nullable(),
})

/** The next page of a lane's sheets: due, waiting for nobody, and with no effect under way. */
export async function takeSheets(
  sql: Sql,
  connectionId: string,
  lane: Lane,
  limit: number,
  cleared: Clearance = 'approved',
): Promise<{ work: SheetWork[]; unreadable: UnreadableSheet[] }> {
  const { rows } = await sql.query(
    `SELECT p.source_id, p.kind, p.key, p.seq, p.ticket, r.payload, r.changed_at AS seen_at, ${changeSeen} AS changed_at FROM pending p
     JOIN record r ON r.tenant_id = p.tenant_id AND r.source_id = p.source_id AND r.key = p.key
       AND r.kind = CASE p.kind WHEN 'customFields' THEN '${recordKindOf('customFields')}' ELSE p.kind END
     WHERE p.connection_id = $1 AND p.kind = ANY($3) AND ${lanes[lane].rows} AND p.not_before <= now()
       AND ${clearance[cleared]} AND ${isFree}
     ORDER BY ${lanes[lane].order} LIMIT $2`,
    [connectionId, limit, sheetKinds],
  )
  const work: SheetWork[] = []
  const unreadable: UnreadableSheet[] = []
  for (const raw of rows) {
    const {
      source_id: sourceId,
      kind,
      key,
      seq,
      ticket,
      payload,
      seen_at: seenAt,
      changed_at: changedAt,
    } = rowSchema.parse(raw)
    const common = { sourceId, key, seq, ticket, seenAt, changedAt }
    const record = readSheetRecord(kind, payload)
    if (record === null) unreadable.push({ ...common, kind })
    else work.push({ ...common, ...record })
  }
  return { work, unreadable }
}

/** Null where the payload is of another form. */
export function readSheetRecord(kind: SheetKind, payload: string): SheetRecord | null {
  const json = parseJson(payload)
  switch (kind) {
    case 'customFields': {
      const { data } = recordSchemas.customer.record.safeParse(json)
      return data ? { kind, record: data } : null
    }
    case 'wish': {
      const { data } = recordSchemas.wish.record.safeParse(json)
      return data ? { kind, record: data } : null
    }
    case 'note': {
      const { data } = recordSchemas.note.record.safeParse(json)
      return data ? { kind, record: data } : null
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A record as the cloud has it now; null where there is none, or none that can be read. */
export async function findSheetRecord(
  sql: Sql,
  tenantId: string,
  sheet: { sourceId: string; kind: SheetKind; key: string },
): Promise<SheetRecord | null> {
  const payload = await findPayload(sql, tenantId, { ...sheet, kind: recordKindOf(sheet.kind) })
  return payload === null ? null : readSheetRecord(sheet.kind, payload)
}

/** The items of a source among these, by key; those that cannot be read are left out. */
export async function findItem(sql: Sql, tenantId: string, sourceId: string, key: string) {
  const payload = await findPayload(sql, tenantId, { sourceId, kind: 'item', key })
  return (payload === null ? undefined : recordSchemas.item.record.safeParse(parseJson(payload)).data) ?? null
}

async function findPayload(
  sql: Sql,
  tenantId: string,
  { sourceId, kind, key }: { sourceId: string; kind: RecordKind; key: string },
): Promise<string | null> {
  const { rows } = await sql.query<{ payload: string }>(
    'SELECT payload FROM record WHERE tenant_id = $1 AND source_id = $2 AND kind = $3 AND key = $4',
    [tenantId, sourceId, kind, key],
  )
  return rows[0]?.payload ?? null
}

/** What an effect keeps of a sheet's decision: the fields that the platform is asked to hold. */
export interface SheetWritten {
  /** The Edge key of the customer whose it is. */
  readonly customer: string
  readonly fields: SheetFields
}

/** Writes of sheets. */
export const sheetEffects: EffectSort<SheetWritten> = {
  kinds: sheetKinds,
  decision: z.object({ customer: z.string(), fields: z.record(z.string(), z.string().nullable()) }),
}
