import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { Commands } from './commands.ts'
import { inTransaction, openDatabase } from './database.ts'
import { Mirror } from './mirror.ts'
import { SetAside } from './set-aside.ts'
import { Spool } from './spool.ts'
import { State } from './state.ts'

/** All the agent remembers, over one connection. */
export interface Store {
  /** Country of phone numbers without a country code, such as `US`. */
  readonly region: string
  readonly db: DatabaseSync
  readonly state: State
  readonly mirror: Mirror
  readonly spool: Spool
  readonly commands: Commands
  readonly setAside: SetAside
}

/** Opens or creates `agent.db` in the data folder. `region`: country of phone numbers without a country code. */
export function openStore(dataDir: string, region = 'US'): Store {
  mkdirSync(dataDir, { recursive: true })
  const db = openDatabase(join(dataDir, 'agent.db'))
  const state = new State(db)
  const mirror = new Mirror(db, region)
  if (state.get('indexedRegion') !== region) {
    inTransaction(db, () => {
      mirror.reindex()
      state.set('indexedRegion', region)
    })
  }
  const [spool, commands] = [new Spool(db, state), new Commands(db)]
  return { region, db, state, mirror, spool, commands, setAside: new SetAside(db) }
}
