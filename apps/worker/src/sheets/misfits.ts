import type { CustomFieldMapping } from '@jumpring/contracts'
import type { Sql } from '@jumpring/db'
import { quarantine, resolveQuarantine, type SheetLink, sheetIdOf } from '@jumpring/db/engine'
import type { At } from '../context.ts'
import { longestDescription, longestNote } from './edge.ts'

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
      message: messageOf(stage, kind, field, connection.settings.customFields),
    })),
  )
  const fitting = Object.keys(link.sheet.agreed).filter((field) => !misfits.includes(field))
  await resolveQuarantine(sql, connection.id, stage, fitting.map(subjectFor))
}

/** Why a value is set aside, and where it can be mended. It names settings and limits, never the value. */
export function messageOf(
  stage: 'up' | 'down',
  kind: SheetLink['kind'],
  field: string,
  mappings: readonly CustomFieldMapping[],
): string {
  if (kind === 'customFields') {
    const mapping = mappings.find((each) => each.field === field)
    const form = mapping ? ` (${formOf(mapping)})` : ''
    return stage === 'up'
      ? `Custom field ${field} does not fit its preference${form}. Mend it in The Edge, or change the preference on the platform and the mapping.`
      : `Custom field ${field}: the value of its preference${form} does not fit. Mend it on the platform or in The Edge, or change the mapping.`
  }
  const [what, most] =
    kind === 'note' ? ['The text of a note', longestNote] : [`The ${field} of a wish`, longestDescription]
  return `${what} on the platform does not fit: The Edge takes ${most.toLocaleString('en')} characters. Shorten it there.`
}

const mostNamed = 20

function formOf({ type, choices }: CustomFieldMapping): string {
  if (type === 'yesNo') return 'yes or no'
  if (type !== 'choice') return `a ${type}`
  const more = choices.length > mostNamed ? `, and ${choices.length - mostNamed} more` : ''
  return `a choice: ${choices.slice(0, mostNamed).join(', ')}${more}`
}
