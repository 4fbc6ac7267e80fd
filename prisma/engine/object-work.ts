import { type RecordOf, recordSchemas } from '@jumpring/contracts'
import type { ObjectState, PlatformObject } from '@jumpring/sync'
import { z } from 'zod'
import type { Sql } from '../scope.ts'
import type { EffectSort } from './effects.ts'
import { type Clearance, changeSeen, clearance, isFree, type Lane, lanes } from './work.ts'

/** The kinds of records that a platform shows as objects of its own. */
export const objectKinds = ['item', 'saleLine', 'job', 'appointment'] as const
export type ObjectKind = (typeof objectKinds)[number]

/** Edge record ↔ platform object, for one connection. */
export interface ObjectLink {
  readonly id: string
  /** Ours, by which the platform knows it. */
  readonly externalId: string
  readonly state: ObjectState
}

interface Common {
  readonly sourceId: string
  readonly key: string
  readonly seq: string
  /** See WorkItem. */
  readonly ticket: string
  readonly attempts: number
  /** When the agent saw the record as it is now. */
  readonly seenAt: Date
  /** Of the change that waits (changeSeen). */
  readonly changedAt: Date | null
  readonly link: ObjectLink | null
}

/** A record that a connection has still to look at. */
export type ObjectWork = { [Kind in ObjectKind]: Common & { kind: Kind; record: RecordOf<Kind> } }[ObjectKind]
/** One whose stored payload is not of its form (any more). */
export type UnreadableWork = Common & { readonly kind: ObjectKind }

const rowSchema = z.object({
  source_id: z.string(),
  kind: z.enum(objectKinds),
  key: z.string(),
  pending_seq: z.string(),
  ticket: z.string(),
  attempts: z.int(),
  payload: z.string(),
  seen_at: z.date(),
  changed_at: z.date().nullable(),
  link_id: z.string().nullable(),
  external_id: z.string().nullable(),
  link_state: z.unknown(),
})

/** What was stored came from `PlatformObject`, field by field. */
const objectSchema = z.custom<PlatformObject>((value) => typeof value === 'object' && value !== null && 'type' in value)
const stateSchema = z.object({
  sent: objectSchema.nullable(),
  customer: z.string().nullable().exactOptional(),
  at: z.string().exactOptional(),
})

/** The next page of a lane's records that become objects: due, waiting for nobody, and with no effect under way. */
export async function takeObjects(
  sql: Sql,
  connectionId: string,
  lane: Lane,
  limit: number,
  cleared: Clearance = 'approved',
): Promise<{ work: ObjectWork[]; unreadable: UnreadableWork[] }> {
  const { rows } = await sql.query(
    `SELECT p.source_id, p.kind, p.key, p.seq AS pending_seq, p.ticket, p.attempts, r.payload, r.changed_at AS seen_at, ${changeSeen} AS changed_at,
       l.id AS link_id, l.uid AS external_id, l.state AS link_state
     FROM pending p
     JOIN record r ON r.tenant_id = p.tenant_id AND r.source_id = p.source_id AND r.kind = p.kind AND r.key = p.key
     LEFT JOIN link l ON l.connection_id = p.connection_id AND l.source_id = p.source_id AND l.kind = p.kind AND l.key = p.key
     WHERE p.connection_id = $1 AND p.kind = ANY($3) AND ${lanes[lane].rows} AND p.not_before <= now()
       AND ${clearance[cleared]} AND ${isFree}
     ORDER BY ${lanes[lane].order} LIMIT $2`,
    [connectionId, limit, objectKinds],
  )
  const work: ObjectWork[] = []
  const unreadable: UnreadableWork[] = []
  for (const raw of rows) {
    const row = rowSchema.parse(raw)
    const common: Common = {
      sourceId: row.source_id,
      key: row.key,
      seq: row.pending_seq,
      ticket: row.ticket,
      attempts: row.attempts,
      seenAt: row.seen_at,
      changedAt: row.changed_at,
      link:
        row.link_id === null || row.external_id === null
          ? null
          : { id: row.link_id, externalId: row.external_id, state: stateSchema.parse(row.link_state) },
    }
    const read = readRecord(row.kind, row.payload)
    if (read === null) unreadable.push({ ...common, kind: row.kind })
    else work.push({ ...common, ...read })
  }
  return { work, unreadable }
}

type Read = { [Kind in ObjectKind]: { kind: Kind; record: RecordOf<Kind> } }[ObjectKind]

/** Undefined, which is no record, where it is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function readRecord(kind: ObjectKind, payload: string): Read | null {
  const json = parseJson(payload)
  switch (kind) {
    case 'item': {
      const { data } = recordSchemas.item.record.safeParse(json)
      return data ? { kind, record: data } : null
    }
    case 'saleLine': {
      const { data } = recordSchemas.saleLine.record.safeParse(json)
      return data ? { kind, record: data } : null
    }
    case 'job': {
      const { data } = recordSchemas.job.record.safeParse(json)
      return data ? { kind, record: data } : null
    }
    case 'appointment': {
      const { data } = recordSchemas.appointment.record.safeParse(json)
      return data ? { kind, record: data } : null
    }
  }
}

/** What an effect keeps of an object's decision. */
export interface ObjectWritten {
  readonly externalId: string
  readonly event: 'created' | 'updated' | 'archived'
  /** The Edge key of the customer whose it is. */
  readonly customer: string | null
  readonly object: PlatformObject
  /** ObjectState.at. */
  readonly at?: string
}

/** Writes of objects. */
export const objectEffects: EffectSort<ObjectWritten> = {
  kinds: objectKinds,
  decision: z.object({
    externalId: z.string(),
    event: z.enum(['created', 'updated', 'archived']),
    customer: z.string().nullable(),
    object: objectSchema,
    at: z.string().exactOptional(),
  }),
}

/**
 * Drops writes of objects that are stored or under way, for they go to the wrong place by now: what comes of them counts no more, and is
 * no reason to write nothing. Before the objects' links are locked.
 * @param customer of one customer only
 */
export async function dropObjectWrites(
  sql: Sql,
  connectionId: string,
  customer?: { readonly sourceId: string; readonly key: string },
): Promise<void> {
  await sql.query(
    `UPDATE effect SET status = 'failed', lease = NULL, leased_until = NULL, done_at = now() WHERE id = ANY(ARRAY(
       SELECT id FROM effect WHERE connection_id = $1 AND kind = ANY($2) AND status = 'prepared'
         AND ($3::uuid IS NULL OR source_id = $3 AND fields->>'customer' = $4) ORDER BY id FOR UPDATE))`,
    [connectionId, objectKinds, customer?.sourceId ?? null, customer?.key ?? null],
  )
}

/** What the platform has accepted of an object. */
export interface AcceptedObject {
  readonly sourceId: string
  readonly kind: ObjectKind
  readonly key: string
  readonly externalId: string
  readonly customer: string | null
  readonly object: PlatformObject
  readonly at?: string
}

/** Notes what the platform shows now. */
export async function saveObjectLinks(
  sql: Sql,
  connection: { id: string; tenantId: string },
  accepted: readonly AcceptedObject[],
): Promise<void> {
  if (accepted.length === 0) return
  await sql.query(
    `INSERT INTO link (tenant_id, connection_id, source_id, kind, key, status, uid, identifiers, state)
     SELECT $1, $2, t.source_id, t.kind, t.key, 'active', t.external_id, '{}', t.state
     FROM jsonb_to_recordset($3::jsonb) AS t(source_id uuid, kind text, key text, external_id text, state jsonb)
     ORDER BY t.source_id, t.kind, t.key
     ON CONFLICT (connection_id, source_id, kind, key) DO UPDATE SET state = excluded.state, updated_at = now()`,
    [
      connection.tenantId,
      connection.id,
      JSON.stringify(
        accepted.map(({ sourceId, kind, key, externalId, customer, object, at }) => ({
          source_id: sourceId,
          kind,
          key,
          external_id: externalId,
          state: { sent: object, customer, at },
        })),
      ),
    ],
  )
}

/** A product's link that went from one number to another. */
export interface MovedLink {
  readonly sourceId: string
  readonly from: string
  readonly to: string
  readonly link: ObjectLink
}

/** An item that a transfer has given a new number takes its product along: the link of the old number becomes the new one's. */
export async function moveItemLinks(
  sql: Sql,
  connectionId: string,
  moves: readonly Omit<MovedLink, 'link'>[],
): Promise<MovedLink[]> {
  if (moves.length === 0) return []
  const { rows } = await sql.query<{
    id: string
    source_id: string
    from_key: string
    key: string
    uid: string
    state: unknown
  }>(
    `UPDATE link l SET key = t.to_key, updated_at = now() FROM unnest($2::uuid[], $3::text[], $4::text[]) AS t(source_id, from_key, to_key)
     WHERE l.connection_id = $1 AND l.source_id = t.source_id AND l.kind = 'item' AND l.key = t.from_key
       AND NOT EXISTS (SELECT FROM link o WHERE o.connection_id = $1 AND o.source_id = t.source_id AND o.kind = 'item' AND o.key = t.to_key)
       AND NOT EXISTS (SELECT FROM effect e WHERE e.connection_id = $1 AND e.source_id = t.source_id AND e.kind = 'item'
         AND e.key = t.from_key AND e.status = 'prepared')
     RETURNING l.id, l.source_id, t.from_key, l.key, l.uid, l.state`,
    [connectionId, moves.map((one) => one.sourceId), moves.map((one) => one.from), moves.map((one) => one.to)],
  )
  return rows.map((row) => ({
    sourceId: row.source_id,
    from: row.from_key,
    to: row.key,
    link: { id: row.id, externalId: row.uid, state: stateSchema.parse(row.state) },
  }))
}
