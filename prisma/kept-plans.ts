import { hash } from 'node:crypto'
import type pg from 'pg'

/**
 * A connection that has the server keep the plans of statements that are made again and again (ADR 0030), each under a name that is made
 * of its text. One that gets a list is planned each time: how long the list is decides how it is best done.
 */
export function keepingPlans(client: pg.PoolClient) {
  return {
    query: <Row extends pg.QueryResultRow>(text: string | pg.QueryConfig, values?: unknown[]) =>
      typeof text === 'string' && values !== undefined && !values.some(Array.isArray)
        ? client.query<Row>({ name: nameOf(text), text, values })
        : client.query<Row>(text, values),
  }
}

/** Of a connection that keeps plans. A table that was empty when a plan was made is read by its index all the same: it may have filled since. */
export const settingsForKeptPlans = '-c enable_seqscan=off'

/** Whether a kept statement would give other columns by now, since the schema has changed. PostgreSQL: 0A000, feature_not_supported. */
export function isOutdated(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '0A000'
}

const names = new Map<string, string>()

function nameOf(text: string): string {
  const known = names.get(text)
  if (known !== undefined) return known
  const name = hash('sha1', text, 'base64url')
  names.set(text, name)
  return name
}
