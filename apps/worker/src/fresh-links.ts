import type { Sql } from '@jumpring/db'
import {
  dropCommands,
  type Link,
  linksCreatedAs,
  lockLinksById,
  lockLinksByIdentifier,
  type RunCounts,
  saveLinks,
  type WorkItem,
} from '@jumpring/db/engine'
import { methodsOf } from '@jumpring/sync'
import { bringDown } from './bring-down.ts'
import type { At } from './context.ts'

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
  const linkIds = await waitingLinks(sql, at, items)
  for (const item of items) if (item.link) linkIds.set(item, item.link.id)
  const links = new Map((await lockLinksById(sql, connection.id, [...linkIds.values()])).map((link) => [link.id, link]))
  const deferred: string[] = []
  for (const [item, linkId] of linkIds) {
    const link = links.get(linkId)
    if (!link) continue
    const keyed: Link = link.key === null ? { ...link, key: item.key, status: 'active' } : link
    if (keyed !== link) await saveLinks(sql, [keyed])
    links.set(linkId, keyed)
    if (!keyed.deferred) continue
    await bringDown(sql, at, keyed, keyed.deferred, counts)
    deferred.push(linkId)
  }
  for (const link of await lockLinksById(sql, connection.id, deferred)) links.set(link.id, link)
  return items.map((item) => ({ ...item, link: links.get(linkIds.get(item) ?? '') ?? null }))
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
    await dropCommands(sql, [link.id])
  }
  return found
}
