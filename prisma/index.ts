export { type ConnectionSecrets, loadSecrets, saveSecrets } from './credentials.ts'
export { createKeyFile, type Keyring, openKeyring, type Sealed } from './keyring.ts'
export { migrate } from './migrate.ts'
export {
  type Database,
  type Directory,
  inDirectory,
  inScope,
  inTenant,
  openDatabase,
  type Scope,
  type Sql,
} from './scope.ts'
