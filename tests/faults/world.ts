import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { AgentPlace } from '@jumpring/infra/local'
import { z } from 'zod'
import { type SandboxClient, sandboxClient } from '../support/sandbox.ts'
import { type Stack, type StackOptions, startStack } from '../support/stack.ts'
import { createTestTenant, type TestTenant } from '../support/tenant.ts'
import { openDoors, type People } from './people.ts'
import { comesToRestRight } from './rest.ts'

/** A whole system, a store, a Podium account, and the people at both. */
export interface World {
  stack: Stack
  sandbox: SandboxClient
  tenant: TestTenant
  people: People
  agent: AgentPlace
  /** Kills all of these at once, then starts them. */
  killAndStart(...names: string[]): Promise<void>
  /** Waits until Podium shows so many contacts. */
  contacts(atLeast: number): Promise<void>
  /** Waits until nothing is left to do, then compares both sides with the reference. */
  comesToRestRight(options?: { timeout?: number }): Promise<void>
}

/**
 * Starts a world whose store has `customers` mixed customers; some of them are in Podium already, under an old name. The agent
 * runs, but The Edge has exported nothing yet: `POST /store/export` with `full` begins the first upload.
 * @param options.podium gives an address that stands before the sandbox's, for the connection to use
 * @param options.texts Podium sends the store's text messages, which the agent reads from The Edge's database
 */
export async function startWorld(
  options: StackOptions & { customers: number; podium?: (sandbox: string) => Promise<string>; texts?: boolean },
): Promise<World> {
  const { customers, podium, texts, ...stackOptions } = options
  const stack = await startStack(stackOptions)
  try {
    const sandbox = sandboxClient(stack.addresses.sandbox)
    // The waits between a webhook's tries are half a second instead of half a minute.
    await sandbox.post('/control/podium/settings', { rateLimit: 0, webhookRetryFactor: 0.016 })
    await sandbox.post('/control/store/seed', { customers })
    await forgetExports(stack.edtFolder)
    const addresses = { ...stack.addresses, ...(podium && { sandbox: await podium(stack.addresses.sandbox) }) }
    const settings = texts && { streams: { notifications: true } }
    const tenant = await createTestTenant({ ...stack, addresses }, { ...(settings && { settings }) })
    const { organizationUid } = tenant.account
    const people = await openDoors(sandbox, organizationUid)
    await people.staffHad(8)
    const agent = await stack.addAgent({
      name: 'agent',
      code: await tenant.enrollmentCode(),
      license: await tenant.license(),
      ...(texts && { sql: { driver: 'sqlite' as const, file: await databaseOf(sandbox), kinds: ['notification'] } }),
    })
    return {
      stack,
      sandbox,
      tenant,
      people,
      agent,
      async killAndStart(...names) {
        await Promise.all(names.map((name) => stack.kill(name)))
        await Promise.all(names.map((name) => stack.start(name)))
      },
      async contacts(atLeast) {
        const enough = async () => (await sandbox.contacts(organizationUid)).length >= atLeast
        await stack.waitFor(enough, { what: `${atLeast} contacts in Podium` })
      },
      comesToRestRight: (rest) => comesToRestRight(stack, agent, people, rest),
    }
  } catch (error) {
    await stack.stop()
    throw error
  }
}

const databaseOf = async (sandbox: SandboxClient) =>
  z.object({ file: z.string() }).parse(await sandbox.get('/state/store/database')).file

/** The store that the sandbox opens with has shown its first customers; this one has shown nothing. */
async function forgetExports(edtFolder: string): Promise<void> {
  const inbox = join(edtFolder, 'Inbox')
  for (const name of await readdir(inbox)) await rm(join(inbox, name))
}
