import { workOf } from '@jumpring/contracts'
import type { Sql } from '../scope.ts'
import type { SourceAt } from './line.ts'
import { resolveRefused, someRefused } from './quarantine.ts'
import { type Upserts, upsertsOf } from './rounds.ts'

/** What an upload changes. */
export interface Changes {
  /** Undefined: the cloud has all of it already. */
  readonly changed: Upserts | undefined
  /** Whether the cloud has a copy of one of them. */
  readonly someKnown: boolean
  /** Whether one of them may wait on a work list already. */
  readonly someWait: boolean
}

/** Compares lines with the cloud's copy, and closes what lies in quarantine for them. */
export async function findChanges(sql: Sql, at: SourceAt, upserts: Upserts): Promise<Changes> {
  const { mayKnow, someWait, someRefused } = await look(sql, at, upserts)
  if (someRefused) await resolveRefused(sql, at, upserts)
  if (!mayKnow) return { changed: upserts, someKnown: false, someWait }
  return { ...(await compare(sql, at, upserts)), someWait }
}

/**
 * Looks whether there is anything at all between the first key and the last. In a first upload in the order of keys there is
 * not, and nothing more has to be asked. A record that is put on a work list after this look fails the insert, and the batch is written anew.
 */
async function look(sql: Sql, at: SourceAt, { kind, columns }: Upserts) {
  const { rows } = await sql.query<{ may_know: boolean | null; some_wait: boolean; some_refused: boolean }>({
    // In this form the planner can only look into the index, whatever it believes about a table without statistics.
    name: 'look',
    text: `SELECT ${someRefused} AS some_refused, (
       SELECT r.key FROM record r
       WHERE r.tenant_id = $1 AND r.source_id = $2 AND r.kind = $3 AND r.key >= $5 ORDER BY r.key LIMIT 1
     ) <= $6 AS may_know, (
       SELECT coalesce(bool_or((
         SELECT p.key FROM pending p
         WHERE p.connection_id = c.id AND p.source_id = $2 AND p.kind = work.kind AND p.key >= $5 ORDER BY p.key LIMIT 1
       ) <= $6), false) FROM connection c, unnest($4::text[]) AS work(kind)
     ) AS some_wait`,
    values: [at.tenantId, at.sourceId, kind, workOf(kind), columns.firstKey, columns.lastKey],
  })
  const [found] = rows
  return {
    mayKnow: found?.may_know ?? false,
    someWait: found?.some_wait ?? true,
    someRefused: found?.some_refused ?? true,
  }
}

async function compare(sql: Sql, at: SourceAt, { kind, lines, columns }: Upserts) {
  // Each record by its key, as above.
  const { rows } = await sql.query<{ equal: number[] | null; some_known: boolean | null }>({
    name: 'compare',
    text: `SELECT array_agg(i) FILTER (WHERE known = hash) AS equal, bool_or(known <> hash) AS some_known
     FROM (
       SELECT i::int, hash, (SELECT r.hash FROM record r WHERE r.tenant_id = $1 AND r.source_id = $2 AND r.kind = $3 AND r.key = sent.key) AS known
       FROM ROWS FROM (string_to_table($4, E'\\n'), string_to_table($5, E'\\n')) WITH ORDINALITY AS sent(key, hash, i) OFFSET 0
     ) AS compared`,
    values: [at.tenantId, at.sourceId, kind, columns.keys, columns.hashes],
  })
  const equal = new Set(rows[0]?.equal)
  const changed = lines.filter((_, index) => !equal.has(index + 1))
  return { changed: changed.length > 0 ? upsertsOf(kind, changed) : undefined, someKnown: rows[0]?.some_known ?? false }
}
