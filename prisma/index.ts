export { type AgentIdentity, type AgentPosition, enrollAgent, findAgent, meetAgent } from './agents.ts'
export { listenForCommands, openCommands, reportCommands } from './commands.ts'
export { type ConnectionSecrets, loadSecrets, saveSecrets } from './credentials.ts'
export { type Activity, listActivity } from './directory/activity.ts'
export {
  approveMassChange,
  type Connection,
  type ConnectionAt,
  createConnection,
  findConnection,
  listConnections,
  type NewConnection,
  pauseConnection,
  replaceAccount,
  resumeConnection,
  resyncConnection,
  tenantOfConnection,
  tryNow,
  updateConnection,
} from './directory/connections.ts'
export { listRuns, type Overview, type Run, readOverview } from './directory/overview.ts'
export {
  createPerson,
  createPersonIfAbsent,
  findPerson,
  findPersonByEmail,
  type NewPerson,
  type Person,
} from './directory/people.ts'
export { listQuarantine, type Quarantine, type Replay, replayQuarantined } from './directory/quarantine.ts'
export {
  type AgentSeen,
  createEnrollmentCode,
  createStore,
  hashEnrollmentCode,
  listAgents,
  listSources,
  listStores,
  type Source,
  type Store,
} from './directory/stores.ts'
export { createTenant, findTenant, listTenants, type Tenant, type TenantsWanted } from './directory/tenants.ts'
export { createVendor, findVendor, listVendors, type Vendor } from './directory/vendors.ts'
export { currentGeneration, renewGeneration } from './generation.ts'
export { databaseAnswers } from './health.ts'
export { findWebhookTenant, storeWebhook } from './inbox.ts'
export { type Ingested, ingest, makeDurable } from './ingest/ingest.ts'
export type { IngestLine, IngestReject, IngestUpsert } from './ingest/line.ts'
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
