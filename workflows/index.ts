export { type ConnectionInput, ringDoorbell } from './doorbell.ts'
export * from './names.ts'
