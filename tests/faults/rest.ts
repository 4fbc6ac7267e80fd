import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { AgentPlace } from '@jumpring/infra/local'
import type pg from 'pg'
import { expect } from 'vitest'
import { z } from 'zod'
import { ownerPool } from '../support/database.ts'
import { sandboxClient } from '../support/sandbox.ts'
import type { Stack } from '../support/stack.ts'
import type { People } from './people.ts'

/** What still has to be done, everywhere. `at`: how much has been done so far; at rest it stands still. */
interface Work {
  readonly left: Record<string, number>
  readonly at: string
}

/** At rest for this long: longer than anything takes from one place to the next. */
const stillMs = 900

/**
 * Waits until nothing is left to do and nothing happens any more, then compares both sides with the reference.
 * @param timeout milliseconds
 */
export async function comesToRestRight(
  stack: Stack,
  agent: AgentPlace,
  people: People,
  { timeout = 45_000 }: { timeout?: number } = {},
): Promise<void> {
  let last: { at: string; since: number } = { at: '', since: 0 }
  let left: Work['left'] = {}
  const owner = ownerPool(stack.database, 1)
  await stack
    .waitFor(
      async () => {
        const work = await workLeft(stack, owner, agent)
        left = Object.fromEntries(Object.entries(work.left).filter(([, count]) => count > 0))
        const at = JSON.stringify(work)
        if (at !== last.at) last = { at, since: performance.now() }
        return Object.keys(left).length === 0 && performance.now() - last.since > stillMs
      },
      { what: 'rest', timeout },
    )
    .catch(async (error) => {
      throw new Error(`left: ${JSON.stringify(left)}; ${(await people.differences()).join('\n')}`, { cause: error })
    })
    .finally(() => owner.end())
  expect(await people.differences()).toEqual([])
}

const countsSchema = z.record(z.string(), z.coerce.number())

async function workLeft(stack: Stack, owner: pg.Pool, agent: AgentPlace): Promise<Work> {
  const sandbox = sandboxClient(stack.addresses.sandbox)
  const [left = {}, done = {}] = await cloudCounts(owner)
  const { waiting: writes } = z.object({ waiting: z.number() }).parse(await sandbox.get('/state/podium/writes'))
  const webhooks = z.object({ waiting: z.number() }).parse(await sandbox.get('/state/podium/webhooks'))
  const imports = z.array(z.unknown()).parse(await sandbox.get('/state/store/imports'))
  const files = await Promise.all(
    ['Inbox', 'Outbox'].map(async (folder) => (await readdir(join(agent.edtFolder, folder))).filter(isFile).length),
  )
  return {
    left: {
      ...left,
      spool: spoolSize(agent),
      writes,
      webhooks: webhooks.waiting,
      inboxFiles: files[0] ?? 0,
      outbox: files[1] ?? 0,
    },
    at: JSON.stringify([done, imports.length]),
  }
}

const isFile = (name: string) => /\.(json|tmp)$/i.test(name)

async function cloudCounts(owner: pg.Pool): Promise<Record<string, number>[]> {
  const { rows } = await owner.query(
    `SELECT (SELECT count(*) FROM pending) AS pending, (SELECT count(*) FROM inbox WHERE status = 'new') AS inbox,
       (SELECT count(*) FROM effect WHERE status = 'prepared') AS effects,
       (SELECT count(*) FROM command WHERE status IN ('queued', 'written')) AS commands,
       (SELECT count(*) FROM link WHERE status = 'creating') AS creating
     UNION ALL
     SELECT (SELECT sum(journal_seq) FROM tenant_counter), (SELECT count(*) FROM inbox), (SELECT count(*) FROM effect),
       (SELECT count(*) FROM command), (SELECT sum(acked) FROM agent)`,
  )
  return z.array(countsSchema).parse(rows)
}

function spoolSize({ dataDir }: AgentPlace): number {
  const db = new DatabaseSync(join(dataDir, 'agent.db'), { readOnly: true, timeout: 5000 })
  try {
    return z.object({ n: z.number() }).parse(db.prepare('SELECT count(*) AS n FROM spool').get()).n
  } finally {
    db.close()
  }
}
