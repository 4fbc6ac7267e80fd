import { z } from 'zod'
import { selectSchema, statementSchema } from './statements.ts'

/** In UTF-16 units. What is longer is not written, and never cut. */
const room = z.int().min(1)

/**
 * How what comes down is written into The Edge's database. Times are the store's own; `:associate` is a number or null,
 * `:user` who The Edge is to show as the author of the change, `:now` the time of writing. `current` gives what stands under `:key`; its
 * `version`, which an update compares, is another after each change of the row.
 */
export const writesSchema = z
  .strictObject({
    /** Between date and time. PostgreSQL's driver reads a T as the end of the date, and the time as midnight: it needs `blank`. */
    times: z.enum(['T', 'blank']).default('T'),
    notificationStatus: z
      .strictObject({
        /** `:status` as in `statuses`. */
        update: statementSchema('key', 'status', 'at', 'now', 'reason'),
        /** Gives `status` and `detail`. */
        current: selectSchema('key'),
        statuses: z.strictObject({
          sent: z.string(),
          delivered: z.string(),
          failed: z.string(),
          not_sent: z.string(),
          unknown: z.string(),
        }),
      })
      .optional(),
    note: z
      .strictObject({
        /** Gives the columns of a note that are needed, and `version`. */
        current: selectSchema('key'),
        insert: statementSchema('key', 'customer', 'text', 'at', 'associate', 'user', 'now'),
        /** Must leave a locked note alone. */
        update: statementSchema('key', 'text', 'associate', 'user', 'now', 'version'),
        longest: z.strictObject({ text: room }),
      })
      .optional(),
    wish: z
      .strictObject({
        /** Gives the columns of a wish that are needed, and `version`. */
        current: selectSchema('key'),
        insert: statementSchema(
          ...[
            'key',
            'customer',
            'account',
            'item',
            'description',
            'memo',
            'at',
            'removedAt',
            'associate',
            'user',
            'now',
          ],
        ),
        update: statementSchema(
          ...['key', 'item', 'description', 'memo', 'removedAt', 'associate', 'user', 'now', 'version'],
        ),
        /** `memo`: for what `description` has no room for. */
        longest: z.strictObject({ description: room, memo: room }),
      })
      .optional(),
    activity: z
      .strictObject({
        current: selectSchema('key'),
        insert: statementSchema('key', 'customer', 'type', 'subject', 'detail', 'at', 'associate', 'user', 'now'),
        types: z.strictObject({ text: z.string(), email: z.string() }),
        longest: z.strictObject({ subject: room, detail: room }),
      })
      .optional(),
    /** `store`: what was written is noted in the table jumpring_command of The Edge's database, in the same transaction. `agent`: in agent.db only. */
    bookkeeping: z.enum(['store', 'agent']).default('store'),
  })
  .prefault({})
export type Writes = z.infer<typeof writesSchema>

/** What can be written, each by its name in the mapping file. */
export function statementsOf({ note, wish, activity, notificationStatus }: Writes) {
  const named = Object.entries({ note, wish, activity, notificationStatus })
  return named.flatMap(([name, statements]) => (statements === undefined ? [] : [[name, statements] as const]))
}
