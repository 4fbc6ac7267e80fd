export type { ConnectionActivities, LaneResult, ReadMark, ReadResult } from './connection/activities.ts'
export { type ConnectionInput, ringDoorbell } from './doorbell.ts'
export * from './names.ts'
