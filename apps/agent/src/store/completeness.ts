import type { RecordKind } from '@jumpring/contracts'
import { inTransaction } from './database.ts'
import type { Store } from './store.ts'

/** Every record of the kind has been read once. Call inside a transaction. */
export function noteFull({ state }: Store, kind: RecordKind): void {
  state.set('fullRead', withKind(state.get('fullRead'), kind))
  state.set('completeDue', withKind(state.get('completeDue'), kind))
}

/**
 * Tells the cloud of which kinds it has been shown everything. To be called once nothing that a source has of them is unread.
 * @param kinds those of the source that asks; all unless given
 * @returns whether there was anything to say
 */
export function sayComplete({ db, state, spool }: Store, kinds?: ReadonlySet<RecordKind>): boolean {
  const all = state.get('completeDue') ?? []
  const due = all.filter((kind) => kinds?.has(kind) ?? true)
  if (due.length === 0) return false
  inTransaction(db, () => {
    for (const kind of due) spool.appendComplete(kind)
    state.set(
      'completeDue',
      all.filter((kind) => !due.includes(kind)),
    )
  })
  return true
}

/** Whether all records of a kind were read since this database was made: only then is one that is not there known to be missing. */
export function isFullyRead({ state }: Pick<Store, 'state'>, kind: RecordKind): boolean {
  return state.get('fullRead')?.includes(kind) ?? false
}

const withKind = (kinds: readonly RecordKind[] = [], kind: RecordKind): RecordKind[] =>
  kinds.includes(kind) ? [...kinds] : [...kinds, kind]
