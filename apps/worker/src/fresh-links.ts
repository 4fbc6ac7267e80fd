import type { Sql } from '@jumpring/db'
import {
  dropCommand,
  giveKey,
  linksCreatedAs,
  lockLinksById,
  lockLinksByIdentifier,
  mergersAround,
  type RunCounts,
  saveLinks,
  type WorkItem,
} from '@jumpring/db/engine'
import { methodsOf } from '@jumpring/sync'
import { bringDown } from './bring-down.ts'
import type { At } from './context.ts'
import { moveToNewNumbers } from './mergers.ts'

/**
 * The records with their links as they are now, locked. A customer who came from the platform finds the link that waits for it here,
 * and what the platform showed meanwhile is looked at before the record goes up.
 */
export async function withFreshLinks(
  sql: Sql,
  at: At,
  items: readonly WorkItem[],
  counts: RunCounts,
): Promise<WorkItem[]> {
  const { connection } = at
  const isNumbered = at.connector.identity === 'externalId'
  const moved = isNumbered
    ? await moveToNewNumbers(sql, at, items, await mergersAround(sql, connection.tenantId, items))
    : new Map<WorkItem, string>()
  const linkIds = await waitingLinks(sql, at, items)
  await keyWaiting(sql, at, linkIds)
  for (const item of items) if (item.link) linkIds.set(item, item.link.id)
  for (const [item, linkId] of moved) linkIds.set(item, linkId)
  const links = new Map((await lockLinksById(sql, connection.id, [...linkIds.values()])).map((link) => [link.id, link]))
  const deferred: string[] = []
  for (const linkId of linkIds.values()) {
    const link = links.get(linkId)
    if (!link?.deferred) continue
    // What comes down reaches who stands for the contact.
    if (link.status === 'shared') await saveLinks(sql, [{ ...link, deferred: null }])
    else await bringDown(sql, at, link, link.deferred, counts)
    deferred.push(linkId)
  }
  for (const link of await lockLinksById(sql, connection.id, deferred)) links.set(link.id, link)
  return items.map((item) => {
    const link = links.get(linkIds.get(item) ?? '') ?? null
    // Another record of the page may have taken it along.
    return { ...item, link: isNumbered && link?.key && link.key !== item.key ? null : link }
  })
}

/** Gives links that wait the number of their customer, and with them the other connections' links that wait for the same. */
async function keyWaiting(sql: Sql, { connection }: At, linkIds: ReadonlyMap<WorkItem, string>): Promise<void> {
  const keys = new Map([...linkIds].map(([item, linkId]) => [linkId, item.key]))
  for (const { id, key, createdBy } of await lockLinksById(sql, connection.id, [...keys.keys()])) {
    const given = keys.get(id)
    if (key === null && createdBy !== null && given !== undefined) await giveKey(sql, createdBy, given)
  }
}

/**
 * Links that wait for their customer's number, by record: of the customer whom The Edge created for us (its partner's id says so), or of
 * one whom the store entered by itself meanwhile with the same phone or e-mail, who then must not be created.
 */
async function waitingLinks(sql: Sql, { connection }: At, items: readonly WorkItem[]): Promise<Map<WorkItem, string>> {
  const found = new Map<WorkItem, string>()
  const unlinked = items.filter((item) => !item.link)
  const created = await linksCreatedAs(
    sql,
    connection.id,
    unlinked.flatMap((item) => item.customer.webId ?? []),
  )
  const identifiers = new Map<WorkItem, readonly string[]>()
  const taken = new Set<string>()
  for (const item of unlinked) {
    const own = created.get(item.customer.webId ?? '')
    // A number counts within its source, and a link is one customer's.
    const linkId = own?.sourceId === item.sourceId && !taken.has(own.linkId) ? own.linkId : null
    const { phones, emails } = methodsOf(item.customer, connection.region)
    if (linkId) {
      found.set(item, linkId)
      taken.add(linkId)
    } else identifiers.set(item, [...phones, ...emails])
  }
  const candidates = await lockLinksByIdentifier(sql, connection.id, [...identifiers.values()].flat())
  for (const link of candidates.filter(
    ({ id, key, status }) => key === null && status === 'creating' && !taken.has(id),
  )) {
    const [match, ...others] = [...identifiers].filter(
      ([item, values]) => item.sourceId === link.sourceId && values.some((value) => link.identifiers.includes(value)),
    )
    // Several: which of them it is, the store's agent will say.
    if (!match || others.length > 0 || found.has(match[0])) continue
    found.set(match[0], link.id)
    if (link.createdBy !== null) await dropCommand(sql, link.createdBy)
  }
  return found
}
