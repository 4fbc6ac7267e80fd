import type { SqlPlan } from './config.ts'
import { readersOf, reasonOf, sentenceFor } from './source.ts'
import { positional } from './statements.ts'
import type { StreamReaderParts } from './stream-reader.ts'
import { statementsOf } from './write-mapping.ts'

/** One thing looked at in The Edge's database; `problem` is a sentence. */
export interface Checked {
  readonly what: string
  readonly problem: string | null
}

/** Opens the database and tries every query, and what is looked at before writing. */
export async function checkQueries(
  plan: SqlPlan,
  parts: Pick<StreamReaderParts, 'store' | 'settings'>,
): Promise<Checked[]> {
  const what = "The Edge's database"
  try {
    const database = await plan.open()
    try {
      const checked: Checked[] = [{ what, problem: null }]
      for (const reader of readersOf({ ...plan, ...parts, onCommit: () => undefined })) {
        const problem = await reader.check(database).then(
          () => null,
          (error: unknown) => sentenceFor(reader.kind, error),
        )
        checked.push({ what: `Query for "${reader.kind}"`, problem })
      }
      for (const [what, { current }] of statementsOf(plan.mapping.writes)) {
        const { sql, parameters } = positional(current, { key: '' })
        const problem = await database
          .read((session) => session.query(sql, parameters))
          .then(
            () => null,
            (error: unknown) => sentenceFor('writes', error),
          )
        checked.push({ what: `Writing of "${what}"`, problem })
      }
      return checked
    } finally {
      await database.close()
    }
  } catch (error) {
    return [{ what, problem: reasonOf(error) }]
  }
}
