import { join } from 'node:path'
import type { RecordKind } from '@jumpring/contracts'
import { noteFull } from '../store/completeness.ts'
import { inTransaction } from '../store/database.ts'
import type { Store } from '../store/store.ts'
import type { StoreSettings } from '../store-settings.ts'
import { byAge, type ExportFile, listExports } from './kept.ts'
import { allMappings, edtLists } from './lists.ts'
import { scanFile, type TakenKeys } from './read-file.ts'

/** Whether the kept files were read with the mappings as they are now, into this database. */
export function isReread({ state }: Store, settings: StoreSettings): boolean {
  return state.get('rereadVersion') === allMappings(settings)
}

/**
 * Reads the kept files again, newest first so that an older value never passes over a newer one: with a new database,
 * a new mapping, or a database that turned out to be an old copy. Of those set aside too, what could be read of them.
 * @param elsewhere kinds that another source brings
 * @returns how many were kept
 */
export async function reread(
  store: Store,
  edtDir: string,
  settings: StoreSettings,
  onCommit: () => void,
  elsewhere: ReadonlySet<RecordKind>,
): Promise<number> {
  const taken: TakenKeys = new Map()
  const kept = await readable(join(edtDir, 'Processed'), elsewhere)
  const all = [...kept, ...(await readable(join(edtDir, 'SetAside'), elsewhere))].sort(byAge)
  for (const file of all.toReversed()) await scanFile(store, file.path, settings, { onCommit, taken })
  inTransaction(store.db, () => {
    for (const { name } of kept) if (name.full) noteFullList(store, name.list)
    const newest = kept.at(-1)
    if (newest) noteLast(store, newest)
    store.state.set('rereadVersion', allMappings(settings))
  })
  onCommit()
  return kept.length
}

async function readable(folder: string, elsewhere: ReadonlySet<RecordKind>): Promise<ExportFile[]> {
  return (await listExports(folder)).filter(({ name }) => !elsewhere.has(edtLists[name.list].kind))
}

/** A full export of the list was read to its end. Call inside a transaction. */
export function noteFullList(store: Store, list: ExportFile['name']['list']): void {
  noteFull(store, edtLists[list].kind)
}

/** For people: the newest file that was read. */
export function noteLast({ state }: Store, file: ExportFile): void {
  state.set('lastFile', file.fileName)
  state.set('lastFileAt', new Date().toISOString())
}
