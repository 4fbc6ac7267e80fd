import type { DownloadFilter } from '@jumpring/contracts'
import type { Observation } from './contact.ts'

/**
 * BY-05: whether a contact that is nobody's yet comes down. Every condition that is set must hold; names are compared without
 * regard to case. What the platform does not tell of a contact fits no list.
 */
export function comesDown(contact: Observation, filter: DownloadFilter): boolean {
  return (
    (!filter.hasEmail || contact.emails.length > 0) &&
    fits(filter.locations, contact.locations) &&
    fits(filter.tags, contact.tags) &&
    fits(filter.sources, contact.source === undefined ? [] : [contact.source])
  )
}

function fits(wanted: readonly string[], there: readonly string[] = []): boolean {
  if (wanted.length === 0) return true
  const known = new Set(there.map(fold))
  return wanted.some((name) => known.has(fold(name)))
}

const fold = (name: string): string => name.trim().toLowerCase()
