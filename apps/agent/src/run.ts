import type { Hello, RecordKind } from '@jumpring/contracts'
import type { Logger } from 'pino'
import { Bell } from './bell.ts'
import { Cloud } from './cloud/client.ts'
import { Contact } from './cloud/contact.ts'
import { type Config, keepLicensing, readKey } from './config.ts'
import { runDownlink, runReports } from './downlink/downlink.ts'
import { watchOverdue } from './downlink/overdue.ts'
import { Gate } from './edt/gate.ts'
import { type Patience, runInbox } from './edt/inbox.ts'
import { runLicenses } from './license/deliver.ts'
import { planOf } from './sql/config.ts'
import { runSql } from './sql/source.ts'
import { openStore } from './store/store.ts'
import { runUplink } from './uplink/uplink.ts'

export interface RunOptions {
  readonly config: Config
  readonly dataDir: string
  readonly log: Logger
  readonly patience?: Patience
}

/** Runs the agent until `signal` aborts: files up, commands down. Rejects only with what nobody expected. */
export async function runAgent({ config, dataDir, log, patience }: RunOptions, signal: AbortSignal): Promise<void> {
  const stopping = new AbortController()
  const stopped = AbortSignal.any([signal, stopping.signal])
  const store = openStore(dataDir, config.region)
  const cloud = new Cloud({ cloud: config.cloud, agentId: config.agentId, key: readKey(dataDir) }, stopped)
  const [files, spooled, reports] = [new Bell(), new Bell(), new Bell()]
  const contact = () => new Contact(store.state, log)
  const onCommit = () => {
    spooled.ring()
    reports.ring()
  }
  const heard = ({ licensing }: Hello) => keepLicensing(dataDir, licensing)
  const sql = config.sql && planOf(config.sql)
  const [changes, labels] = [new Bell(), Promise.withResolvers<void>()]
  if (!sql) labels.resolve()
  const gate = new Gate(() => files.ring())
  const looks = new Gate(() => changes.ring())
  const down = {
    store,
    // What is written for The Edge is composed from its customers, wherever they come from.
    gate: sql?.kinds.has('customer') ? looks : gate,
    edtDir: config.edt,
    cloud,
    contact: contact(),
    log,
    reports,
    lost: spooled,
    ...(sql && { statements: changes }),
  }
  const inbox = {
    store,
    edtDir: config.edt,
    settings: config,
    log,
    files,
    onCommit,
    gate,
    elsewhere: sql?.kinds ?? new Set<RecordKind>(),
    ...(patience ? { patience } : {}),
  }
  const loops = [
    // A customer goes up with the label of its acquisition, which may come from the database.
    labels.promise.then(() => runInbox(inbox, stopped)),
    ...(sql
      ? [
          runSql(
            { ...sql, store, settings: config, log, changes, onCommit, gate: looks, onLabels: labels.resolve },
            stopped,
          ),
        ]
      : []),
    runUplink({ store, cloud, contact: contact(), log, spooled, files, heard }, stopped),
    runDownlink(down, stopped),
    runReports({ ...down, contact: contact() }, stopped),
    watchOverdue(down, stopped),
    runLicenses({ state: store.state, cloud, log }, stopped),
  ]
  log.info({ waiting: store.spool.size() }, 'The agent runs.')
  try {
    await Promise.all(loops)
  } finally {
    stopping.abort()
    await Promise.allSettled(loops)
    store.db.close()
  }
}
