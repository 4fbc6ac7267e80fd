export * from './connector.ts'
export * from './events.ts'
