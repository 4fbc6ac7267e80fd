import type { Sql } from '@jumpring/db'
import { quarantine, resolveQuarantine, type SheetLink, sheetIdOf } from '@jumpring/db/engine'
import type { At } from '../context.ts'

/** CB-03: a value that does not fit is set aside by itself; it is let go once it fits, or is gone. */
export async function noteMisfits(
  sql: Sql,
  { connection }: At,
  link: SheetLink,
  stage: 'up' | 'down',
  misfits: readonly string[],
): Promise<void> {
  const { sourceId, kind, key } = link
  const subjectFor = (field: string) => `${sheetIdOf(link)}/${field}`
  await quarantine(
    sql,
    connection,
    misfits.map((field) => ({
      stage,
      subject: subjectFor(field),
      sourceId,
      kind,
      key,
      code: 'value_does_not_fit',
      message: messageOf(stage, kind, field),
    })),
  )
  const fitting = Object.keys(link.sheet.agreed).filter((field) => !misfits.includes(field))
  await resolveQuarantine(sql, connection.id, stage, fitting.map(subjectFor))
}

function messageOf(stage: 'up' | 'down', kind: SheetLink['kind'], field: string): string {
  const what =
    kind === 'customFields'
      ? `Custom field ${field}`
      : kind === 'note'
        ? 'The text of a note'
        : `The ${field} of a wish`
  return stage === 'up'
    ? `${what} does not fit the platform. Mend it in The Edge, or change the mapping.`
    : `${what}: the value on the platform does not fit The Edge. Mend it there, or change the mapping.`
}
