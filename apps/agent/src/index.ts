export { setDatabase } from './config.ts'
export { installLicense } from './license/install.ts'
export type { SqlConfig } from './sql/config.ts'
export { readStatus } from './status.ts'
