export type { ConnectionActivities, LaneResult, ReadMark, ReadResult } from './connection/activities.ts'
export { type ConnectionInput, type LicenseInput, ringDoorbell, ringLicense } from './doorbell.ts'
export type { LicenseActivities, LicenseState } from './license/activities.ts'
export * from './names.ts'
