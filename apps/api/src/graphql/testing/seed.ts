import { randomUUID } from 'node:crypto'
import type { Directory } from './provision.ts'
import type { World } from './world.ts'

/** Customers as ingest would have left them: record and journal, the first being number 1. Puts nothing on a work list. */
export async function seedCustomers(world: World, { tenantId, sourceId }: Directory, keys: readonly string[]) {
  for (const [index, key] of keys.entries()) {
    const payload = {
      firstName: 'Nora',
      lastName: `Lindqvist ${key}`,
      phones: [],
      emails: [],
      addresses: [],
      inactive: false,
    }
    await world.owner.query(
      `INSERT INTO record (tenant_id, source_id, kind, key, hash, payload, seq, changed_at) VALUES ($1, $2, 'customer', $3, 'h', $4, $5, now())`,
      [tenantId, sourceId, key, JSON.stringify(payload), index + 1],
    )
    await world.owner.query(
      `INSERT INTO journal (tenant_id, seq, source_id, kind, key, at) VALUES ($1, $2, $3, 'customer', $4, now() - interval '90 seconds')`,
      [tenantId, index + 1, sourceId, key],
    )
  }
}

/** The connection's work list. */
export async function workOf(world: World, connectionId: string) {
  const { rows } = await world.owner.query<{ key: string; priority: number; reason: string }>(
    'SELECT key, priority, reason FROM pending WHERE connection_id = $1 ORDER BY key',
    [connectionId],
  )
  return rows
}

export async function clearWork(world: World, connectionId: string) {
  await world.owner.query('DELETE FROM pending WHERE connection_id = $1', [connectionId])
}

/** Sets something aside. Returns its id. */
export async function seedQuarantine(
  world: World,
  { tenantId, sourceId }: Directory,
  entry: {
    connectionId?: string
    stage: string
    subject: string
    key?: string
    code: string
    message: string
    at?: Date
  },
): Promise<string> {
  const id = randomUUID()
  await world.owner.query(
    `INSERT INTO quarantine (id, tenant_id, connection_id, source_id, stage, subject, kind, key, code, message, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, 'customer', $7, $8, $9, $10)`,
    [
      id,
      tenantId,
      entry.connectionId ?? null,
      sourceId,
      entry.stage,
      entry.subject,
      entry.key ?? null,
      entry.code,
      entry.message,
      entry.at ?? new Date(),
    ],
  )
  return id
}

/** Links of these customers to contacts that were on the platform first. */
export async function seedMatches(
  world: World,
  { tenantId, sourceId, connectionId }: Directory,
  keys: readonly string[],
) {
  for (const key of keys)
    await world.owner.query(
      `INSERT INTO link (tenant_id, connection_id, source_id, kind, key, status, uid, identifiers, state, matched_by, matched_at, matched_from)
       VALUES ($1, $2, $3, 'customer', $4, 'active', $5, '{}', $6, 'email', now(), $7) ON CONFLICT DO NOTHING`,
      [
        tenantId,
        connectionId,
        sourceId,
        key,
        `contact-${key}`,
        JSON.stringify({ sent: {}, seen: { phones: [], emails: [], addresses: [] }, awaiting: [] }),
        JSON.stringify({ uid: `contact-${key}`, phones: [], emails: [], addresses: [], optedOutPhones: [] }),
      ],
    )
}
