import { JumpringError } from '@jumpring/contracts'
import type { Sql } from '@jumpring/db'
import {
  type ContactRef,
  finishEffects,
  holderId,
  quarantine,
  type RunCounts,
  subjectOf,
  type UnreadableEffect,
  type WorkRow,
} from '@jumpring/db/engine'
import type { At } from './context.ts'

const unreadableRecord = new JumpringError(
  'invalid_record',
  'The record is stored in a form that cannot be read; it is looked at again when it changes in The Edge.',
)
const unreadableEffect = new JumpringError(
  'unexpected',
  'What was to be written is stored in a form that cannot be read.',
)

/** Why what belongs to a customer waits of whom the cloud has no record; null where it has one. */
export function notRecorded(customer: string, shown: ContactRef['shown']): string | null {
  switch (shown) {
    case 'record':
      return null
    case 'refused':
      return `Customer ${customer} was refused, as their own entry says; this goes on by itself once they are mended.`
    case 'nothing':
      return `The store has not shown customer ${customer}.`
  }
}

/** Sets records aside on their way up. Their rows of the work list are the caller's to take off. */
export async function setRecordsAside(
  sql: Sql,
  { connection }: At,
  records: readonly Omit<WorkRow, 'ticket'>[],
  { code, message }: JumpringError,
  counts: RunCounts,
): Promise<void> {
  counts.held += records.length
  await quarantine(
    sql,
    connection,
    records.map(({ sourceId, kind, key }) => ({
      stage: 'up',
      subject: kind === 'customer' ? holderId(sourceId, key) : subjectOf({ sourceId, kind, key }),
      sourceId,
      kind,
      key,
      code,
      message,
    })),
  )
}

/** Sets aside what is stored in a form that this version does not read. Gives the rows of the work list that are done with it. */
export async function setUnreadableAside(
  sql: Sql,
  at: At,
  unreadable: { readonly records: readonly WorkRow[]; readonly effects: readonly UnreadableEffect[] },
  counts: RunCounts,
): Promise<WorkRow[]> {
  const { records, effects } = unreadable
  await finishEffects(
    sql,
    effects.map(({ id }) => ({ id, status: 'failed', errorCode: unreadableEffect.code })),
  )
  await setRecordsAside(sql, at, effects, unreadableEffect, counts)
  await setRecordsAside(sql, at, records, unreadableRecord, counts)
  return [...records, ...effects]
}
