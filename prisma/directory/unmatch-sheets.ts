import { type CustomField, type Wish, wishSchema } from '@jumpring/contracts'
import { sheetKinds } from '@jumpring/sync'
import { dropCommandsOf, queueCommand } from '../engine/commands.ts'
import type { Sql } from '../scope.ts'
import type { ConnectionAt } from './connections.ts'
import type { CustomerRef } from './duplicate-decisions.ts'

/**
 * What came down of a wrong match's custom fields and wishes is taken back in The Edge, where it still stands there: a custom field gets
 * the value that it had before, a wish is taken off the list. A note cannot be taken away.
 * @returns how many notes came down
 * @throws `conflict` where some of it is on its way into the store
 */
export async function takeBackSheets(sql: Sql, at: ConnectionAt, customer: CustomerRef): Promise<number> {
  const sheets = await sql.query<{ id: string }>(
    `SELECT id FROM link WHERE connection_id = $1 AND source_id = $2 AND kind = ANY($4) AND state->>'customer' = $3`,
    [at.connectionId, customer.sourceId, customer.key, sheetKinds],
  )
  const linkIds = sheets.rows.map(({ id }) => id)
  await dropCommandsOf(sql, linkIds)
  const { rows } = await sql.query<{ wish: unknown }>(
    `SELECT wish FROM command WHERE link_id = ANY($1) AND status IN ('written', 'done') ORDER BY created_at, id`,
    [linkIds],
  )
  const cameDown = rows.map(({ wish }) => wishSchema.parse(wish))
  const connection = { id: at.connectionId, tenantId: at.tenantId }
  for (const wish of undoing(cameDown, new Date().toISOString()))
    await queueCommand(sql, connection, { sourceId: customer.sourceId, linkId: null, wish })
  return new Set(cameDown.flatMap((wish) => (wish.do === 'putNote' && wish.expected === null ? [wish.key] : []))).size
}

/** The wishes that bring back what was before these, which were fulfilled in this order. Each expects what the last of them left. */
function undoing(cameDown: readonly Wish[], at: string): Wish[] {
  const fields = new Map<string, Map<CustomField, { value: string | null; expected: string | null }>>()
  const made = new Map<string, Extract<Wish, { do: 'putWish' }>>()
  for (const wish of cameDown) {
    if (wish.do === 'putWish' && (wish.expected === null || made.has(wish.key))) made.set(wish.key, wish)
    if (wish.do !== 'setCustomFields') continue
    const ofCustomer = fields.get(wish.key) ?? new Map()
    fields.set(wish.key, ofCustomer)
    for (const [field, { expected, value }] of Object.entries(wish.fields))
      ofCustomer.set(field, { value: (ofCustomer.get(field) ?? { value: expected }).value, expected: value })
  }
  return [
    ...[...fields].map(([key, changes]): Wish => ({ do: 'setCustomFields', key, fields: Object.fromEntries(changes) })),
    ...[...made.values()]
      .filter(({ wished }) => wished.present)
      .map(({ key, customer, wished }): Wish => {
        return { do: 'putWish', key, customer, wished: { ...wished, present: false }, expected: wished, at }
      }),
  ]
}
