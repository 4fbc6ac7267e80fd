import type { ConformancePlatform } from './sandbox.ts'
import { registerCustomFields } from './sheets/custom-fields.ts'
import { registerFeeds } from './sheets/feeds.ts'
import { registerNotes } from './sheets/notes.ts'
import { registerWishes } from './sheets/wishes.ts'

/** What both sides may change, where the platform has it: written once, shown whole, told in an order that can be known. */
export function registerSheets(name: string, platform: ConformancePlatform): void {
  if (platform.connector.freezeSheet === undefined) return
  registerNotes(name, platform)
  registerWishes(name, platform)
  registerCustomFields(name, platform)
  registerFeeds(name, platform)
}
