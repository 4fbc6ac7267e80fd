// What the tests' support uses to bring up the same servers that `npm start` brings up.
export * from './ports.ts'
export * from './postgres.ts'
export * from './processes.ts'
export * from './temporal.ts'
export * from './temporal-binary.ts'
