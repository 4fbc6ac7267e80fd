import type { Observation } from '@jumpring/sync'
import type { Sql } from '../scope.ts'

/** Why a contact of the platform is taken for a customer's. */
export const matchReasons = ['number', 'webId', 'email', 'phone', 'cameFromPlatform'] as const
export type MatchReason = (typeof matchReasons)[number]

/** Notes at a link why, and what the contact showed then. */
export async function noteMatch(sql: Sql, linkId: string, by: MatchReason, contact: Observation): Promise<void> {
  await sql.query('UPDATE link SET matched_by = $2, matched_at = now(), matched_from = $3 WHERE id = $1', [
    linkId,
    by,
    JSON.stringify(contact),
  ])
}
