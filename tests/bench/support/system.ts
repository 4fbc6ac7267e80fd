import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { type SandboxClient, sandboxClient } from '../../support/sandbox.ts'
import { startServers } from '../../support/servers.ts'
import { type Stack, startStack } from '../../support/stack.ts'
import { createTestTenant } from '../../support/tenant.ts'

/** A whole system with one store of plain customers, on servers whose commits wait for the disk. */
export interface BenchSystem {
  readonly stack: Stack
  readonly sandbox: SandboxClient
  /** Where the store's exports arrive. */
  readonly inbox: string
  /** Writes an export of all customers; resolves when it is complete in the Inbox. */
  exportAll(): Promise<void>
  /** Enrolls the store's agent and starts it. @param cloud where it reaches the cloud; at the api itself if left out */
  startAgent(cloud?: string): Promise<void>
  /** `initial` until the first upload is done, then `live`. */
  phase(): Promise<string>
}

/**
 * Runs `work` with a system whose store holds `customers` plain customers and exports only when told to, and whose Podium has no
 * rate limit and applies writes at once. Nothing has been exported yet. `whole`: with the history of a shop, on the tier that takes all of it.
 */
export async function withSystem<T>(
  customers: number,
  work: (system: BenchSystem) => Promise<T>,
  options: { whole?: boolean } = {},
): Promise<T> {
  const servers = await startServers({ durable: true })
  try {
    const stack = await startStack()
    try {
      return await work(await prepare(stack, customers, options.whole ?? false))
    } finally {
      await stack.stop()
    }
  } finally {
    await servers.stop()
  }
}

async function prepare(stack: Stack, customers: number, whole: boolean): Promise<BenchSystem> {
  const sandbox = sandboxClient(stack.addresses.sandbox)
  await sandbox.post('/control/podium/settings', { rateLimit: 0, applyDelayMs: { min: 0, max: 0 } })
  await sandbox.post('/control/store/settings', { autoExport: false })
  await sandbox.post('/control/store/seed', { customers, kind: 'plain', history: whole })
  const inbox = join(stack.edtFolder, 'Inbox')
  // What the sandbox exported at its start, of other customers.
  for (const name of await readdir(inbox)) await rm(join(inbox, name))
  const tenant = await createTestTenant(stack, whole ? everything : {})
  return {
    stack,
    sandbox,
    inbox,
    async exportAll() {
      await sandbox.post('/store/export', { full: true })
    },
    async startAgent(cloud) {
      const [code, license] = [await tenant.enrollmentCode(), await tenant.license()]
      await stack.addAgent({ name: 'agent', code, license, ...(cloud !== undefined && { cloud }) })
    },
    async phase() {
      const query = 'query ($id: ID!) { result: connection(id: $id) { phase } }'
      const connection = await tenant.operator.do(z.object({ phase: z.string() }), query, { id: tenant.connectionId })
      return connection.phase
    },
  }
}

/** Every stream. */
const everything = { tier: 'clienteling_plus', settings: { sink: 'partnerApi' } } as const

const countsSchema = z.record(z.string(), z.record(z.string(), z.number()))

/** How many contact writes Podium has accepted, and how many it was asked for. */
export async function contactWrites(sandbox: SandboxClient): Promise<{ accepted: number; asked: number }> {
  const routes = countsSchema.parse(await sandbox.get('/state/podium/requests'))
  let accepted = 0
  let asked = 0
  for (const [route, byStatus] of Object.entries(routes)) {
    if (!/^(POST|PATCH|DELETE) \/v4\/contacts/.test(route)) continue
    accepted += byStatus[202] ?? 0
    for (const count of Object.values(byStatus)) asked += count
  }
  return { accepted, asked }
}
