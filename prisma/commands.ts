import { type Command, commandSchema, type Report } from '@jumpring/contracts'
import { priority } from './directory/worklist.ts'
import { withWhyIns } from './engine/acquisitions.ts'
import { giveKey } from './engine/creations.ts'
import type { Database, Sql } from './scope.ts'

/** The channel on which a source's id is sent when a command was made for it: `SELECT pg_notify('jumpring_commands', source_id)`. */
const channel = 'jumpring_commands'

/**
 * Gives the agent of a source the commands that it has not reported yet, oldest first, and notes that they may be done from now on.
 * `sql` is in the tenant's scope.
 */
export async function giveCommands(sql: Sql, sourceId: string): Promise<Command[]> {
  const { rows } = await sql.query<{ id: string; wish: unknown }>(
    `WITH given AS (
       UPDATE command SET given_at = now() WHERE status = 'queued' AND id IN (
         SELECT id FROM command WHERE source_id = $1 AND status = 'queued' AND given_at IS NULL ORDER BY created_at, id LIMIT 500)
       RETURNING id, wish, created_at
     ), again AS (
       SELECT id, wish, created_at FROM command WHERE source_id = $1 AND status = 'queued' AND given_at IS NOT NULL
     )
     SELECT id, wish FROM (SELECT * FROM given UNION ALL SELECT * FROM again) AS open ORDER BY created_at, id LIMIT 500`,
    [sourceId],
  )
  return withWhyIns(
    sql,
    sourceId,
    rows.map((row) => commandSchema.parse(row)),
  )
}

/**
 * Calls `onCommand` with the id of each source that gets a command, over one connection that is made anew when it breaks;
 * then without an id, since any source may have got one meanwhile.
 */
export function listenForCommands(db: Database, onCommand: (sourceId?: string) => void): { close(): Promise<void> } {
  const stopped = new AbortController()
  const listening = listenUntil(stopped.signal, db, onCommand)
  return {
    close: () => {
      stopped.abort()
      return listening
    },
  }
}

async function listenUntil(stop: AbortSignal, db: Database, onCommand: (sourceId?: string) => void): Promise<void> {
  while (!stop.aborted) {
    try {
      await listenOnce(stop, db, onCommand)
    } catch {
      // The database is away: the next try comes soon, and until then callers look by themselves.
    }
    if (!stop.aborted) await pause(stop, 1000)
  }
}

async function listenOnce(stop: AbortSignal, db: Database, onCommand: (sourceId?: string) => void): Promise<void> {
  const client = await db.pool.connect()
  const ended = new Promise<void>((resolve) => {
    client.on('error', () => resolve())
    client.on('end', () => resolve())
    if (stop.aborted) resolve()
    stop.addEventListener('abort', () => resolve(), { once: true })
  })
  try {
    client.on('notification', ({ payload }) => onCommand(payload))
    await client.query(`LISTEN ${channel}`)
    onCommand()
    await ended
  } finally {
    client.release(true)
  }
}

function pause(stop: AbortSignal, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    stop.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        resolve()
      },
      { once: true },
    )
  })
}

/**
 * Offers an agent that has begun a new epoch every command again that it wrote and The Edge has not shown: its memory of them may be
 * lost, and with it whoever would see them done. An agent that remembers only reports again. `sql` is in the tenant's scope.
 */
export async function offerWrittenAgain(sql: Sql, sourceId: string): Promise<void> {
  const { rowCount } = await sql.query(
    `UPDATE command SET status = 'queued', updated_at = now() WHERE source_id = $1 AND status = 'written'`,
    [sourceId],
  )
  if (rowCount) await sql.query('SELECT pg_notify($1, $2)', [channel, sourceId])
}

/**
 * Takes what the agent of a source says about its commands. Repeating a report changes nothing; a report about a command that is
 * not known (it was made after the backup that was restored) is passed over. `sql` is in the tenant's scope.
 * @returns connections that have something to do now
 */
export async function reportCommands(sql: Sql, sourceId: string, reports: readonly Report[]): Promise<string[]> {
  const rung = new Set<string>()
  for (const report of reports) {
    const command = await lockCommand(sql, sourceId, report.id)
    if (command === undefined) continue
    if (report.outcome === 'written') await setStatus(sql, report.id, 'written', ['queued'])
    else if (report.outcome === 'failed') await fail(sql, sourceId, command, report)
    else if (report.outcome === 'changed') {
      if (!(await setStatus(sql, report.id, 'changed', ['queued', 'written', 'failed']))) continue
      await resolveFailure(sql, report.id)
      for (const id of await lookAgainAtSheet(sql, command.link_id)) rung.add(id)
    } else {
      await setStatus(sql, report.id, 'done', ['queued', 'written', 'failed'])
      await resolveFailure(sql, report.id)
      if ('key' in report) for (const id of await giveKey(sql, command.id, report.key)) rung.add(id)
    }
  }
  return [...rung]
}

/**
 * Has a sheet looked at with which The Edge did not do as it was asked: it held something else, which has come up or is about to.
 * @returns its connection
 */
async function lookAgainAtSheet(sql: Sql, linkId: string | null): Promise<string[]> {
  const { rows } = await sql.query<{ connection_id: string }>(
    // Should it be late, a moment later is early enough: its coming up makes the row due.
    `INSERT INTO pending (connection_id, source_id, kind, key, tenant_id, seq, priority, reason, not_before)
     SELECT l.connection_id, l.source_id, l.kind, l.key, l.tenant_id, r.seq, ${priority.live}, 'follows', now() + interval '2 seconds'
     FROM link l JOIN record r ON r.tenant_id = l.tenant_id AND r.source_id = l.source_id AND r.key = l.key
       AND r.kind = CASE l.kind WHEN 'customFields' THEN 'customer' ELSE l.kind END
     WHERE l.id = $1 AND l.kind IN ('customFields', 'wish', 'note')
     ON CONFLICT (connection_id, source_id, kind, key) DO UPDATE SET ticket = excluded.ticket
     RETURNING connection_id`,
    [linkId],
  )
  return rows.map((row) => row.connection_id)
}

interface CommandRow {
  readonly id: string
  readonly tenant_id: string
  readonly connection_id: string
  readonly link_id: string | null
}

async function lockCommand(sql: Sql, sourceId: string, id: string): Promise<CommandRow | undefined> {
  const { rows } = await sql.query<CommandRow>(
    'SELECT id, tenant_id, connection_id, link_id FROM command WHERE id = $1 AND source_id = $2 FOR UPDATE',
    [id, sourceId],
  )
  return rows[0]
}

async function setStatus(sql: Sql, id: string, status: string, from: readonly string[]): Promise<boolean> {
  const { rowCount } = await sql.query(
    'UPDATE command SET status = $2, message = NULL, updated_at = now() WHERE id = $1 AND status = ANY ($3)',
    [id, status, from],
  )
  return rowCount === 1
}

async function fail(
  sql: Sql,
  sourceId: string,
  command: CommandRow,
  { code = 'command_failed', message }: Extract<Report, { outcome: 'failed' }>,
): Promise<void> {
  if (!(await setStatus(sql, command.id, 'failed', ['queued', 'written']))) return
  await sql.query('UPDATE command SET message = $2 WHERE id = $1', [command.id, message])
  await sql.query(
    `INSERT INTO quarantine (tenant_id, connection_id, source_id, stage, subject, kind, key, code, message)
     SELECT $1, $2, $3, 'edge', $4, 'customer', (SELECT key FROM link WHERE id = $5), $7, $6
     ON CONFLICT (tenant_id, coalesce(connection_id, source_id), stage, subject) WHERE resolved_at IS NULL
     DO UPDATE SET code = excluded.code, message = excluded.message`,
    [command.tenant_id, command.connection_id, sourceId, command.id, command.link_id, message, code],
  )
}

async function resolveFailure(sql: Sql, commandId: string): Promise<void> {
  await sql.query(
    `UPDATE quarantine SET resolved_at = now() WHERE stage = 'edge' AND subject = $1 AND resolved_at IS NULL`,
    [commandId],
  )
}
