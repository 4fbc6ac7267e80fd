export { type AgentIdentity, type AgentPosition, enrollAgent, findAgent, licensingOf, meetAgent } from './agents.ts'
export { giveCommands, listenForCommands, reportCommands } from './commands.ts'
export { type ConnectionSecrets, loadSecrets, saveSecrets } from './credentials.ts'
export { type Activity, listActivity } from './directory/activity.ts'
export { type Conflict, listConflicts } from './directory/conflicts.ts'
export {
  approveMassChange,
  pauseConnection,
  resumeConnection,
  resyncConnection,
  tryNow,
} from './directory/connection-steering.ts'
export {
  type Connection,
  type ConnectionAt,
  changeConnection,
  createConnection,
  findConnection,
  listConnections,
  type NewConnection,
  replaceAccount,
  tenantOfConnection,
  updateConnection,
} from './directory/connections.ts'
export {
  type CustomerFilter,
  type CustomerSeen,
  listCustomers,
  type SelectedBy,
} from './directory/customers.ts'
export { type DuplicateDecision, listDuplicateDecisions, type SharedKind } from './directory/decisions-in-force.ts'
export {
  type CustomerRef,
  type Decider,
  joinDuplicates,
  keepDuplicatesApart,
  type Shared,
  undoDuplicateDecision,
} from './directory/duplicate-decisions.ts'
export { type Duplicate, type DuplicateCustomer, type DuplicateOwner, listDuplicates } from './directory/duplicates.ts'
export {
  activeLicense,
  findLicense,
  issueLicense,
  type License,
  type LicenseOrder,
  listLicenses,
  requestLicense,
  revokeLicense,
  tenantOfLicense,
} from './directory/licenses.ts'
export { decideMerge, type UnclearMerge } from './directory/merger-decisions.ts'
export { listRuns, type Overview, type Run, readOverview, type StreamWork } from './directory/overview.ts'
export {
  createPerson,
  createPersonIfAbsent,
  findPerson,
  findPersonByEmail,
  type NewPerson,
  type Person,
} from './directory/people.ts'
export {
  approvePreview,
  countPreview,
  countWaiting,
  listPreview,
  type PreviewEntryAt,
  previewSorts,
  renewPreview,
} from './directory/preview.ts'
export { listQuarantine, type Quarantine, type Replay, replayQuarantined } from './directory/quarantine.ts'
export { type Chosen, deselectCustomers, type SelectionChange, selectCustomers } from './directory/selection.ts'
export { listStoreViews, type StoreConnection, type StoreView } from './directory/store-views.ts'
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
  setStoreLicenseId,
} from './directory/stores.ts'
export { createTenant, findTenant, listTenants, type Tenant, type TenantsWanted } from './directory/tenants.ts'
export { listTexts, type TextSeen, type TextStatus } from './directory/texts.ts'
export { type FreezeRestore, type UndoneMatchSeen, undoMatch } from './directory/unmatch.ts'
export { createVendor, findVendor, listVendors, type Vendor } from './directory/vendors.ts'
export type { UndoneMatch } from './engine/undone-matches.ts'
export { currentGeneration, renewGeneration } from './generation.ts'
export { databaseAnswers } from './health.ts'
export { findWebhookTenant, storeWebhook } from './inbox.ts'
export { type Batch, batchOf } from './ingest/batch.ts'
export { type Ingested, ingest, makeDurable } from './ingest/ingest.ts'
export type { IngestLine, IngestReject, IngestUpsert } from './ingest/line.ts'
export { createKeyFile, createLicenseKeyFile, type Keyring, openKeyring, type Sealed } from './keyring.ts'
export { type Alert, type AlertKind, listAlerts } from './licensing/alerts.ts'
export { type Entitlement, entitlementOf, openStreamsOf } from './licensing/entitled.ts'
export { type Installed, installLicense } from './licensing/install.ts'
export { addLicenseKey, listLicenseKeys } from './licensing/keys.ts'
export * from './licensing/lifecycle.ts'
export { type LicenseAt, type LicenseStatus, licenseStatuses } from './licensing/row.ts'
export { migrate } from './migrate.ts'
export { createPrecedence, type Precedence } from './precedence.ts'
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
