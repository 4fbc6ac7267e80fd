import type { CustomFieldMapping } from '@jumpring/contracts'
import type { Sql } from '@jumpring/db'
import { quarantine, resolveQuarantine, type SheetLink, sheetIdOf } from '@jumpring/db/engine'
import { longestCustomField } from '@jumpring/sync'
import type { At } from '../context.ts'
import { longestDescription, longestNote } from './edge.ts'

/** CB-03: a value that does not fit is set aside by itself; it is let go once it fits, or is gone. */
export async function noteMisfits(
  sql: Sql,
  { connection, connector }: At,
  link: SheetLink,
  stage: 'up' | 'down',
  misfits: readonly string[],
): Promise<void> {
  const { sourceId, kind, key } = link
  const mappings = connection.settings.customFields
  const most =
    stage === 'up'
      ? Math.min(longestCustomField, connector.longestCustomField ?? longestCustomField)
      : longestCustomField
  /** Of a custom field that is too long: how long it may be. */
  const room = (field: string) => ((link.sheet.agreed[field]?.length ?? 0) > most ? most : undefined)
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
      message: messageOf(stage, kind, field, mappings, room(field)),
    })),
  )
  const fitting = Object.keys(link.sheet.agreed).filter((field) => !misfits.includes(field))
  await resolveQuarantine(sql, connection.id, stage, fitting.map(subjectFor))
}

/** Why a value is set aside, and where it can be mended. It names settings and limits, never the value. `room`: it is too long for that. */
export function messageOf(
  stage: 'up' | 'down',
  kind: SheetLink['kind'],
  field: string,
  mappings: readonly CustomFieldMapping[],
  room?: number,
): string {
  if (kind === 'customFields') {
    const mapping = mappings.find((each) => each.field === field)
    if (mapping?.type === 'text' && room !== undefined)
      return stage === 'up'
        ? `Custom field ${field} is too long: its preference takes ${room} characters. Shorten it in The Edge.`
        : `Custom field ${field}: the value of its preference is too long; The Edge takes ${room} characters. Shorten it on the platform.`
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
