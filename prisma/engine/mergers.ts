import { sheetKinds } from '@jumpring/sync'
import type { Sql } from '../scope.ts'
import { holderId } from './holders.ts'
import { renameStillContactable } from './still-contactable.ts'

/** A change of a customer, in the journal's order. */
export interface CustomerChange {
  readonly seq: string
  readonly sourceId: string
  readonly key: string
  /** The former number that stood in the record before this change, and the one that stands there after it (undefined: not known here). */
  readonly before: string | null
  readonly after: string | null | undefined
}

/**
 * Brings what is known of former numbers up to some changes of the journal. One that is shown again after it had become another's, as a
 * customer who is there, is unsure for good. A customer who has no former number any more never had one.
 */
export async function noteMergers(sql: Sql, tenantId: string, changes: readonly CustomerChange[]): Promise<void> {
  const told = changes.flatMap(({ seq, sourceId, key, before, after }) =>
    [before, after].flatMap((old) => (old && old !== key ? [{ seq, sourceId, old, key }] : [])),
  )
  if (told.length > 0)
    await sql.query(
      `INSERT INTO merger (tenant_id, source_id, old_key, key, seq)
       SELECT $1::uuid, t.source_id, t.old_key, t.key, min(t.seq) FROM unnest($2::uuid[], $3::text[], $4::text[], $5::bigint[]) AS t(source_id, old_key, key, seq)
       GROUP BY 2, 3, 4 ON CONFLICT (tenant_id, source_id, old_key, key)
       DO UPDATE SET told = true, unsure = false, seq = excluded.seq WHERE NOT merger.told`,
      [tenantId, told.map((o) => o.sourceId), told.map((o) => o.old), told.map((o) => o.key), told.map((o) => o.seq)],
    )
  const columns = [changes.map((one) => one.sourceId), changes.map((one) => one.key)]
  await sql.query(
    `UPDATE merger m SET unsure = true FROM unnest($2::uuid[], $3::text[], $4::bigint[]) AS t(source_id, key, seq), record r
     WHERE m.tenant_id = $1 AND m.source_id = t.source_id AND m.old_key = t.key AND m.seq < t.seq AND NOT m.unsure AND m.told
       AND r.tenant_id = $1 AND r.source_id = t.source_id AND r.kind = 'customer' AND r.key = t.key AND r.payload NOT LIKE '%"inactive":true%'`,
    [tenantId, ...columns, changes.map(({ seq }) => seq)],
  )
  const without = changes.filter(({ after }) => after === null)
  if (without.length > 0)
    await sql.query(
      `DELETE FROM merger m USING unnest($2::uuid[], $3::text[]) AS t(source_id, key)
       WHERE m.tenant_id = $1 AND m.source_id = t.source_id AND m.key = t.key AND m.decision IS NULL`,
      [tenantId, without.map((one) => one.sourceId), without.map((one) => one.key)],
    )
}

/** Names a customer. */
interface At {
  readonly sourceId: string
  readonly key: string
}

/** Of some customers: whose they became, and who became theirs. */
export interface Mergers {
  /** The number of whom the customer has become in the end; null: it is itself, or nobody can be sure. */
  heirOf(customer: At): string | null
  /** Former numbers of whoever has become the customer in the end. */
  formersOf(customer: At): readonly string[]
  /** Former numbers that may be customers of their own. */
  unsureOf(customer: At): readonly UnsureFormer[]
}

/** A number that may have become another customer's. */
export interface UnsureFormer {
  readonly key: string
  /** The Edge says so, and still shows it; else it is only a guess (guessed-mergers.ts). */
  readonly told: boolean
}

/**
 * What is known of the former numbers of some customers, and of theirs. Where it is not sure, what a person said counts. A guess asks a
 * question where its customer took over another number too, and nothing else says whose the former number became.
 */
export async function mergersAround(sql: Sql, tenantId: string, customers: readonly At[]): Promise<Mergers> {
  const { rows } = await sql.query<{
    source_id: string
    old_key: string
    key: string
    told: boolean
    unsure: boolean
  }>(
    `WITH RECURSIVE t AS (SELECT * FROM unnest($2::uuid[], $3::text[]) AS t(source_id, key)),
     known AS (SELECT * FROM merger WHERE tenant_id = $1 AND decision IS DISTINCT FROM 'apart'),
     heirs AS (
       SELECT m.* FROM t JOIN known m ON m.source_id = t.source_id AND m.old_key = t.key
       UNION SELECT m.* FROM heirs h JOIN known m ON m.source_id = h.source_id AND m.old_key = h.key),
     formers AS (
       SELECT m.* FROM t JOIN known m ON m.source_id = t.source_id AND m.key = t.key
       UNION SELECT m.* FROM formers f JOIN known m ON m.source_id = f.source_id AND m.key = f.old_key)
     SELECT a.source_id, a.old_key, a.key, a.told, a.decision IS NULL AND (a.unsure OR count(*) FILTER (WHERE o.told) > 1) AS unsure
     FROM (SELECT * FROM heirs UNION SELECT * FROM formers) a
     JOIN known o ON o.source_id = a.source_id AND o.old_key = a.old_key
     WHERE a.told OR a.decision IS NOT NULL OR EXISTS (SELECT FROM known k WHERE k.source_id = a.source_id AND k.key = a.key AND k.told)
     GROUP BY a.source_id, a.old_key, a.key, a.told, a.decision, a.unsure
     HAVING a.decision IS NOT NULL OR (a.told OR NOT bool_or(o.told)) AND NOT coalesce(bool_or(o.decision = 'merge'), false)`,
    [tenantId, customers.map(({ sourceId }) => sourceId), customers.map(({ key }) => key)],
  )
  const heirs = new Map(
    rows.filter(({ unsure }) => !unsure).map((row) => [holderId(row.source_id, row.old_key), row.key]),
  )
  const heirOf = ({ sourceId, key }: At): string | null => {
    const passed = new Set([key])
    let heir: string | null = null
    for (
      let next = heirs.get(holderId(sourceId, key));
      next !== undefined;
      next = heirs.get(holderId(sourceId, next))
    ) {
      // Each the other's former number: nobody can say who remains.
      if (passed.has(next)) return null
      passed.add(next)
      heir = next
    }
    return heir
  }
  return {
    heirOf,
    formersOf: ({ sourceId, key }) =>
      rows.flatMap(({ source_id, old_key }) =>
        source_id === sourceId && heirOf({ sourceId, key: old_key }) === key ? [old_key] : [],
      ),
    unsureOf: ({ sourceId, key }) =>
      rows.flatMap((row) =>
        row.source_id === sourceId && row.key === key && row.unsure ? [{ key: row.old_key, told: row.told }] : [],
      ),
  }
}

/** Ids (as `holderId` gives them) of the customers who had this number before and remain in the end. */
export async function customersFormerly(sql: Sql, tenantId: string, key: string): Promise<string[]> {
  const { rows } = await sql.query<{ id: string }>('SELECT id FROM source WHERE tenant_id = $1', [tenantId])
  const former = rows.map(({ id: sourceId }) => ({ sourceId, key }))
  const mergers = await mergersAround(sql, tenantId, former)
  return former.flatMap((one) => {
    const heir = mergers.heirOf(one)
    return heir === null ? [] : [holderId(one.sourceId, heir)]
  })
}

/** Whether a contact is about to be merged into this customer's, or may have been: who is gone may show there at any time. */
export async function isMergingInto(sql: Sql, connectionId: string, { sourceId, key }: At): Promise<boolean> {
  const { rowCount } = await sql.query(
    `SELECT FROM effect WHERE connection_id = $1 AND source_id = $2 AND kind = 'customer' AND status = 'prepared' AND fields->>'into' = $3`,
    [connectionId, sourceId, key],
  )
  return rowCount !== null && rowCount > 0
}

/** Closes what a person was told of these customers' former numbers, but for what still holds. */
export async function resolveUnsure(
  sql: Sql,
  connectionId: string,
  customers: readonly At[],
  still: readonly string[],
): Promise<void> {
  await sql.query(
    `UPDATE quarantine q SET resolved_at = now() FROM unnest($2::uuid[], $3::text[]) AS t(source_id, key)
     WHERE q.connection_id = $1 AND q.resolved_at IS NULL AND q.stage = 'up' AND q.code = 'unclear_merge'
       AND q.source_id = t.source_id AND q.key = t.key AND NOT q.subject = ANY($4)`,
    [connectionId, customers.map(({ sourceId }) => sourceId), customers.map(({ key }) => key), still],
  )
}

/** A customer's number and the one that it has by now. */
export interface Renumbering {
  readonly sourceId: string
  readonly from: string
  readonly to: string
}

/**
 * A customer with a new number takes the contact along: the link of the old number becomes the new one's, where that has no contact and
 * nobody has said that it is not to be synchronized. Not while a write of the old one is under way.
 * @returns the link's id; null where it stays
 */
export async function moveContactLink(
  sql: Sql,
  connection: { id: string; tenantId: string },
  { sourceId, from, to }: Renumbering,
): Promise<string | null> {
  const values = [connection.id, sourceId, from, to]
  const isWriting = `EXISTS (SELECT FROM effect e WHERE e.connection_id = $1 AND e.source_id = $2 AND e.kind = 'customer' AND e.key IN ($3, $4) AND e.status = 'prepared')`
  const isExcluded = `EXISTS (SELECT FROM selection s WHERE s.connection_id = $1 AND s.source_id = $2 AND s.key = $4 AND NOT s.selected)`
  const { rows: movable } = await sql.query<{ id: string }>(
    `SELECT id FROM link WHERE connection_id = $1 AND source_id = $2 AND kind = 'customer' AND key = $3 AND status = 'active'
       AND (uid IS NOT NULL OR state->'sent' <> '{}') AND NOT ${isWriting} AND NOT ${isExcluded} FOR UPDATE`,
    values,
  )
  const [link] = movable
  if (!link) return null
  await sql.query(
    `DELETE FROM link WHERE connection_id = $1 AND source_id = $2 AND kind = 'customer' AND key = $4 AND uid IS NULL AND state->'sent' = '{}' AND $3 <> $4`,
    values,
  )
  const { rowCount } = await sql.query(
    `UPDATE link l SET key = $3, updated_at = now() WHERE l.id = $1 AND NOT EXISTS (
       SELECT FROM link o WHERE o.connection_id = l.connection_id AND o.source_id = $2 AND o.kind = 'customer' AND o.key = $3)`,
    [link.id, sourceId, to],
  )
  if (rowCount === 0) return null
  await renameStillContactable(sql, connection.id, link.id, to)
  await sql.query(
    `INSERT INTO selection (tenant_id, connection_id, source_id, key, selected, by, by_role)
     SELECT tenant_id, connection_id, source_id, $4, selected, by, by_role FROM selection
     WHERE connection_id = $1 AND source_id = $2 AND key = $3 AND selected ON CONFLICT DO NOTHING`,
    values,
  )
  await sql.query(
    `UPDATE link l SET key = $4, updated_at = now() WHERE connection_id = $1 AND source_id = $2 AND kind = 'customFields' AND key = $3
       AND NOT EXISTS (SELECT FROM link o WHERE o.connection_id = $1 AND o.source_id = $2 AND o.kind = 'customFields' AND o.key = $4)`,
    values,
  )
  await moveWhatIsTheirs(sql, connection, { sourceId, from, to })
  return link.id
}

/** What was the old number's belongs to the new one: sheets, conflicts, and what The Edge has still to be asked for. */
export async function moveWhatIsTheirs(
  sql: Sql,
  connection: { id: string },
  { sourceId, from, to }: Renumbering,
): Promise<void> {
  const values = [connection.id, sourceId, from, to]
  await sql.query(
    `UPDATE link SET state = jsonb_set(state, '{customer}', to_jsonb($4::text)), updated_at = now()
     WHERE id = ANY(ARRAY(SELECT id FROM link WHERE connection_id = $1 AND source_id = $2 AND kind = ANY($5) AND state->>'customer' = $3 ORDER BY id FOR UPDATE))`,
    [...values, sheetKinds],
  )
  // Nothing follows the custom fields of a number that is nobody's: not even the wait for its contact.
  await sql.query(
    `DELETE FROM link WHERE connection_id = $1 AND source_id = $2 AND kind = 'customFields' AND key = $3`,
    values.slice(0, 3),
  )
  await sql.query(
    `DELETE FROM pending WHERE connection_id = $1 AND source_id = $2 AND kind = 'customFields' AND key = $3`,
    values.slice(0, 3),
  )
  await sql.query(
    `UPDATE conflict SET customer = $4, key = CASE WHEN kind = 'customFields' THEN $4 ELSE key END
     WHERE connection_id = $1 AND source_id = $2 AND customer = $3`,
    values,
  )
  await sql.query(
    `UPDATE command SET wish = jsonb_set(wish, CASE WHEN wish ? 'customer' THEN '{customer}'::text[] ELSE '{key}' END, to_jsonb($4::text)), updated_at = now()
     WHERE connection_id = $1 AND source_id = $2 AND status = 'queued'
       AND (wish->>'customer' = $3 OR (wish->>'key' = $3 AND wish->>'do' IN ('addMethods', 'optOut')))`,
    values,
  )
}
