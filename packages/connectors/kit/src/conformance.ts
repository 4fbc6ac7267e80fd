import { registerAccess } from './conformance/access.ts'
import { registerContacts } from './conformance/contacts.ts'
import { registerExternalId } from './conformance/external-id.ts'
import { registerIdentity } from './conformance/identity.ts'
import { registerObjects } from './conformance/objects.ts'
import type { ConformancePlatform } from './conformance/sandbox.ts'
import { registerSheets } from './conformance/sheets.ts'
import { registerTexts } from './conformance/texts.ts'
import { registerWebhooks } from './conformance/webhooks.ts'

export type { ConformanceSandbox, Desk, ShownObject, ShownWish } from './conformance/sandbox.ts'

/** Registers with Vitest the promises that every connector keeps. `name` stands before each of them. */
export function registerConformance(name: string, platform: ConformancePlatform): void {
  registerContacts(name, platform)
  registerIdentity(name, platform)
  registerExternalId(name, platform)
  registerAccess(name, platform)
  registerWebhooks(name, platform)
  registerObjects(name, platform)
  registerSheets(name, platform)
  registerTexts(name, platform)
}
