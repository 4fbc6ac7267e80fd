export { migrate } from './migrate.ts'
export { type Database, type Directory, inDirectory, inScope, inTenant, openDatabase, type Scope, type Sql } from './scope.ts'
