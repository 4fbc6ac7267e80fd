export type { ClientbookSettings } from './clientbook/settings.ts'
export type { PodiumSettings } from './podium/settings.ts'
export { createSandbox, type Sandbox, type SandboxOptions } from './server.ts'
export type { StoreSettings } from './store/settings.ts'
