import type { WorkKind } from '@jumpring/contracts'
import type { Sql } from '../scope.ts'
import { contactEffects } from './contact-effects.ts'
import { isUnleased } from './leases.ts'
import { objectEffects } from './object-work.ts'
import { sheetEffects } from './sheet-work.ts'
import { type Lane, lanes } from './work.ts'

/** What of a lane is due. Of some of it others may have their hands on; what is not due here is not there. */
export interface Due {
  /** What the platform said. */
  readonly inbox: boolean
  /** Text messages: to be sent, or claimed by a sender who may be gone. */
  readonly texts: boolean
  readonly contacts: boolean
  readonly objects: boolean
  readonly sheets: boolean
}

/** Finds out in one statement where a pass has to look at all. What comes a moment later rings. */
export async function dueNow(sql: Sql, connectionId: string, lane: Lane): Promise<Due> {
  const { rows } = await sql.query<Due>(
    `SELECT
       EXISTS (SELECT FROM inbox WHERE connection_id = $1 AND status = 'new' AND not_before <= now()) AS inbox,
       EXISTS (SELECT FROM pending WHERE connection_id = $1 AND kind = 'notification' AND not_before <= now())
         OR EXISTS (SELECT FROM text_message WHERE connection_id = $1 AND status = 'claimed') AS texts,
       ${workOf(lane, contactEffects)} AS contacts, ${workOf(lane, objectEffects)} AS objects, ${workOf(lane, sheetEffects)} AS sheets`,
    [connectionId, lane],
  )
  if (!rows[0]) throw new Error('The query for what is due gave no row.')
  return rows[0]
}

/** Whether the list or the effects of a lane hold one of these kinds: a part of the text, for what gets a list is planned each time. */
function workOf(lane: Lane, { kinds }: { readonly kinds: readonly WorkKind[] }): string {
  const some = kinds.map((kind) => `'${kind}'`).join(', ')
  return `(EXISTS (SELECT FROM pending p WHERE p.connection_id = $1 AND p.kind IN (${some}) AND ${lanes[lane].rows} AND p.not_before <= now())
    OR EXISTS (SELECT FROM effect WHERE connection_id = $1 AND status = 'prepared' AND lane = $2 AND kind IN (${some})
      AND not_before <= now() AND ${isUnleased}))`
}
