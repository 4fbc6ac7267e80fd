import type { Sql } from '@jumpring/db'
import {
  holderId,
  insertSheets,
  isWriting,
  keepConflict,
  type Link,
  linksOfCustomers,
  lockLinksByKeys,
  lockLinksByUid,
  lockSheetsByKey,
  type Mergers,
  mappingVersion,
  moveContactLink,
  moveWhatIsTheirs,
  type NewQuarantine,
  noteMergedContacts,
  putWork,
  quarantine,
  referTo,
  resolveUnsure,
  type SheetLink,
  saveLinks,
  saveSheets,
  type WorkItem,
} from '@jumpring/db/engine'
import { identifiersOf, isKnownToPlatform, merged } from '@jumpring/sync'
import type { At } from './context.ts'
import type { Verdict } from './decide.ts'

// The Edge merges customers or gives them new numbers (CustomerOldCustKey); where contacts are known by the number, they follow.

/** What becomes of a record whose number is another customer's by now; `wait`: a write that is under way comes first. */
export type FormerVerdict = Verdict | 'wait'

const isOnPlatform = (link: Link | null | undefined): link is Link =>
  link !== null && link !== undefined && link.status === 'active' && isKnownToPlatform(link)

/**
 * The contact of a number that has become another customer's: it becomes that customer's where there is no other, else the two are
 * merged. What was never on the platform is nobody's any more.
 */
export async function decideFormer(sql: Sql, at: At, item: WorkItem, heir: string): Promise<FormerVerdict> {
  const { connection, connector } = at
  const { link, sourceId, key } = item
  const standsThere: Verdict = { kind: 'joined', sharedWith: heir }
  if (!isOnPlatform(link)) return standsThere
  const [theirs] = await linksOfCustomers(sql, connection.id, sourceId, [heir])
  if (theirs?.status === 'gone')
    return {
      kind: 'held',
      code: 'deleted_on_platform',
      message: `Merged into ${heir}, whose contact was deleted on the platform and is not made again by itself.`,
    }
  if (!theirs || !isKnownToPlatform(theirs)) {
    if ((await moveContactLink(sql, connection, { sourceId, from: key, to: heir })) === null) return 'wait'
    await putWork(sql, { connectionId: connection.id, sourceId, key: heir, reason: 'follows' })
    return standsThere
  }
  if (theirs.uid === link.uid) return { kind: 'skip' }
  if (theirs.uid === null && (await isWriting(sql, connection.id, { sourceId, key: heir }))) return 'wait'
  if (!connector.freezeMerge)
    return {
      kind: 'held',
      code: 'configuration',
      message: `Merged into ${heir}; on this platform that is done by hand.`,
    }
  const decision = { write: {}, sent: link.state.sent, into: heir }
  return { kind: 'merge', decision, into: theirs }
}

/** The contacts of a customer's former numbers that are still to become the customer's. */
export const formersOnPlatform = async (
  sql: Sql,
  { connection }: At,
  { sourceId }: WorkItem,
  formers: readonly string[],
) => (await linksOfCustomers(sql, connection.id, sourceId, formers)).filter(isOnPlatform)

/** Tells a person of former numbers that may be customers of their own, and that nothing was merged. */
export async function noteUnsure(
  sql: Sql,
  { connection }: At,
  items: readonly WorkItem[],
  mergers: Mergers,
): Promise<void> {
  const unsure = items.flatMap((item) =>
    mergers.unsureOf(item).map((old): NewQuarantine => {
      const { sourceId, key } = item
      return {
        stage: 'up',
        subject: `${holderId(sourceId, key)}/merger/${old.key}`,
        sourceId,
        key,
        code: 'unclear_merge',
        message: old.told
          ? `The Edge says that ${key} was ${old.key} before, and still shows ${old.key} as a customer; the two were not merged on the platform. Say whether they are one (decideMerge).`
          : `Sales, notes, phones or the like of ${old.key} are those of ${key} by now, who took over another number too: The Edge may have merged ${old.key} as well, of which its files say nothing. The two were not merged on the platform. Say whether they are one (decideMerge).`,
      }
    }),
  )
  await quarantine(sql, connection, unsure)
  await resolveUnsure(
    sql,
    connection.id,
    items,
    unsure.map(({ subject }) => subject),
  )
}

/**
 * The platform has one contact where there were two: the links of who is gone point to the one that remains, and what was theirs is the
 * remaining customer's. Done again it changes nothing.
 */
export async function endAsMerged(
  sql: Sql,
  at: At,
  { sourceId, from, to }: { readonly sourceId: string; readonly from: string; readonly to: string },
): Promise<void> {
  const { connection } = at
  const links = await lockLinksByKeys(sql, connection.id, sourceId, [from, to])
  const gone = links.find(({ key }) => key === from)
  const kept = links.find(({ key }) => key === to)
  if (!kept) return
  if (gone?.status === 'active') {
    const earlier = gone.uid === null ? [] : await lockLinksByUid(sql, connection.id, [gone.uid])
    if (gone.uid !== null && gone.uid !== kept.uid) await noteMergedContacts(sql, connection, [gone.uid], kept.uid)
    const state = merged(kept.state, gone.state)
    const sharedWith = (link: Link) => kept.sharedWith ?? referTo({ sourceId, key: to }, link)
    await saveLinks(sql, [
      { ...kept, state, identifiers: identifiersOf(state) },
      ...[gone, ...earlier.filter(({ id }) => id !== gone.id)].map((link) => ({
        ...link,
        uid: kept.uid,
        status: 'shared' as const,
        sharedWith: sharedWith(link),
      })),
    ])
  }
  await inheritCustomFields(sql, at, { sourceId, from, to })
  await moveWhatIsTheirs(sql, connection, { sourceId, from, to })
}

/**
 * The platform fills what the remaining contact has no value for with that of who is gone. Of what stood in The Edge too, The Edge has
 * decided with its merge: it is no change of staff's, and what The Edge holds is put back; the value is kept as one that did not win.
 */
async function inheritCustomFields(
  sql: Sql,
  { connection }: At,
  { sourceId, from, to }: { readonly sourceId: string; readonly from: string; readonly to: string },
): Promise<void> {
  const kind = 'customFields'
  const mapping = await mappingVersion(sql, connection.id)
  const [gone] = await lockSheetsByKey(sql, connection.id, [{ sourceId, kind, key: from }])
  if (!gone || gone.mapping !== mapping) return
  const { edge, platform } = gone.sheet
  const [kept] = await insertSheets(sql, connection, [{ sourceId, kind, key: to, customer: to, uid: null, mapping }])
  if (!kept || kept.mapping !== mapping) return
  const lacks = ({ sheet: { platform: theirs } }: SheetLink, field: string) =>
    (theirs.shown?.[field] ?? null) === null && (theirs.asked?.[field] ?? null) === null
  const filled = Object.entries(platform.shown ?? {}).filter(
    ([field, value]) => value !== null && edge.shown?.[field] === value && lacks(kept, field),
  )
  if (filled.length === 0) return
  const shown = { ...kept.sheet.platform.shown, ...Object.fromEntries(filled) }
  await saveSheets(sql, [{ ...kept, sheet: { ...kept.sheet, platform: { ...kept.sheet.platform, shown } } }])
  for (const [field, value] of filled)
    await keepConflict(sql, connection, {
      ...{ sourceId, kind, key: to, customer: to, field, value, note: null },
      won: kept.sheet.agreed[field] ?? null,
      why: 'both_changed',
    })
  await putWork(sql, { connectionId: connection.id, sourceId, kind, key: to, reason: 'follows' })
}

/** A customer with a new number and no contact takes along the one of a former number. Gives the links by record. */
export async function moveToNewNumbers(
  sql: Sql,
  { connection }: At,
  items: readonly WorkItem[],
  mergers: Mergers,
): Promise<Map<WorkItem, string>> {
  const moved = new Map<WorkItem, string>()
  for (const item of items) {
    if (item.link !== null && isKnownToPlatform(item.link)) continue
    for (const from of mergers.formersOf(item)) {
      const linkId = await moveContactLink(sql, connection, { sourceId: item.sourceId, from, to: item.key })
      if (linkId === null) continue
      moved.set(item, linkId)
      break
    }
  }
  return moved
}
