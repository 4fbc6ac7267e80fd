import { livePriority, priority } from '../directory/worklist.ts'
import type { Sql } from '../scope.ts'
import type { Changes } from './changes.ts'
import type { SourceAt } from './line.ts'
import type { Upserts } from './rounds.ts'
import type { WorkList } from './worklist.ts'

/**
 * Writes changes, in one statement: the record, in the journal what it replaced, and its place on the work lists. Their numbers are the
 * tenant's next ones; the counter's row lock, held until the transaction ends, makes the order of numbers the order of commits.
 * What waits on a list already waits on as its newest change, at the more urgent of both priorities.
 */
export async function writeChanges(
  sql: Sql,
  at: SourceAt,
  { kind, lines, columns }: Upserts,
  { someKnown, someWait }: Pick<Changes, 'someKnown' | 'someWait'>,
  lists: readonly WorkList[],
): Promise<void> {
  // Parameters, since COPY is refused for tables with row-level security; staging in a temporary table costs more, and two round trips.
  // The source is locked, so nobody else makes or changes its records meanwhile. Without ON CONFLICT a row costs half. On the lists
  // in the order of keys: two transactions that queue the same records wait for each other instead of blocking each other.
  await sql.query({
    name: `write ${someKnown} ${someWait}`,
    text: `WITH number AS (
       UPDATE tenant_counter SET journal_seq = journal_seq + $4 WHERE tenant_id = $1 RETURNING journal_seq - $4 AS before
     ), sent AS MATERIALIZED (
       SELECT before + i AS seq, key, hash, to_timestamp(at::double precision / 1000) AS at, bulk = '1' AS bulk, payload
       FROM number, ROWS FROM (
         string_to_table($5, E'\\n'), string_to_table($6, E'\\n'), string_to_table($7, E'\\n'), string_to_table($8, E'\\n'),
         string_to_table($9, E'\\n')
       ) WITH ORDINALITY AS sent(key, hash, at, bulk, payload, i)
     ), journaled AS (
       INSERT INTO journal (tenant_id, seq, source_id, kind, key, at, before)
       SELECT $1, seq, $2, $3, key, at, ${someKnown ? replaced : 'NULL'} FROM sent
     ), kept AS (
       INSERT INTO record (tenant_id, source_id, kind, key, hash, payload, seq, changed_at)
       SELECT $1, $2, $3, key, hash, payload, seq, at FROM sent ${someKnown ? replace : ''}
     )
     INSERT INTO pending (connection_id, source_id, kind, key, tenant_id, seq, priority, reason)
     SELECT connection_id, $2, list.kind, key, $1, seq,
       CASE WHEN sent.bulk THEN list.bulk ELSE list.live END, CASE WHEN sent.bulk THEN 'snapshot' ELSE 'changed' END
     FROM unnest($10::uuid[], $11::text[], $12::smallint[], $13::smallint[]) AS list(connection_id, kind, live, bulk), sent
     ORDER BY connection_id, list.kind, key
     ${someWait ? waitOn : ''}`,
    values: [
      at.tenantId,
      at.sourceId,
      kind,
      lines.length,
      columns.keys,
      columns.hashes,
      columns.ats,
      columns.bulks,
      columns.payloads,
      lists.map((list) => list.connectionId),
      lists.map((list) => list.kind),
      lists.map((list) => livePriority(list.kind)),
      // Text messages age by the minute, whatever brings them.
      lists.map((list) => (list.kind === 'notification' ? livePriority(list.kind) : priority.backfill)),
    ],
  })
}

const replaced = `(SELECT r.payload FROM record r
  WHERE r.tenant_id = $1 AND r.source_id = $2 AND r.kind = $3 AND r.key = sent.key)`
const replace = `ON CONFLICT (tenant_id, source_id, kind, key)
  DO UPDATE SET hash = excluded.hash, payload = excluded.payload, seq = excluded.seq, changed_at = excluded.changed_at`
const waitOn = `ON CONFLICT (connection_id, source_id, kind, key) DO UPDATE SET
  ticket = excluded.ticket, seq = excluded.seq, not_before = now(), attempts = 0,
  reason = CASE WHEN excluded.priority <= pending.priority THEN excluded.reason ELSE pending.reason END,
  priority = least(pending.priority, excluded.priority)`
