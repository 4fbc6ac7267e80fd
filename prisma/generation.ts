import { type Database, inScope, type Sql } from './scope.ts'

/**
 * Names this life of this database. A restored backup is another cluster, another timeline or another database of the
 * cluster, so that it is told apart from the one whose acknowledgments the agents remember.
 */
const fingerprint = `(
  SELECT concat_ws(':', system.system_identifier, checkpoint.timeline_id, here.oid)
  FROM pg_control_system() AS system, pg_control_checkpoint() AS checkpoint, pg_database AS here
  WHERE here.datname = current_database()
)`

const renewed = `
  INSERT INTO cloud (id, generation, fingerprint) VALUES (1, gen_random_uuid(), ${fingerprint})
  ON CONFLICT (id) DO UPDATE SET generation = excluded.generation, fingerprint = excluded.fingerprint`

/** The generation of the database, a UUID. Made when there is none, and made anew when the database turns out to be restored. */
export function currentGeneration(db: Database): Promise<string> {
  return inScope(db, { as: 'system' }, async (sql) => {
    const current = `SELECT generation FROM cloud WHERE fingerprint = ${fingerprint}`
    const known = await sql.query<{ generation: string }>(current)
    if (known.rows[0]) return known.rows[0].generation
    // Of several processes that see the same restored database one makes the generation; the others read it.
    const made = await sql.query(`${renewed} WHERE cloud.fingerprint <> excluded.fingerprint`)
    if (made.rowCount === 1) await awaitStores(sql)
    const { rows } = await sql.query<{ generation: string }>(current)
    if (!rows[0]) throw new Error('The table cloud has no row for this database.')
    return rows[0].generation
  })
}

/** Makes every agent send a full snapshot. For the runbook after a restore that `currentGeneration` cannot see (rows put back into the same database). */
export function renewGeneration(db: Database): Promise<string> {
  return inScope(db, { as: 'system' }, async (sql) => {
    const { rows } = await sql.query<{ generation: string }>(`${renewed} RETURNING generation`)
    if (!rows[0]) throw new Error('The table cloud did not take the new generation.')
    await awaitStores(sql)
    return rows[0].generation
  })
}

/**
 * Until its snapshot is here, a store is not known: whoever is missing in the backup may have come into The Edge since, and what
 * the platform says of them waits, or they would be created a second time.
 */
async function awaitStores(sql: Sql): Promise<void> {
  await sql.query('UPDATE source SET complete_at = NULL')
}
