import { enroll, readStatus } from '@jumpring/agent'
import type { App } from './apps.ts'
import { mainOf } from './build.ts'

/** Where an agent works: `edtFolder` holds the store's Inbox and Outbox, `dataDir` the agent's own SQLite file and key. */
export interface AgentPlace {
  name: string
  edtFolder: string
  dataDir: string
}

/**
 * How Node runs the agent, for the store's machine has other work: V8 keeps its heap small from the start and one thread beside its own.
 * They count only on the command line: once Node has started, most of what they save is taken.
 */
export const agentNodeFlags = ['--optimize-for-size', '--v8-pool-size=1']

/** The agent as a process; it must be enrolled. */
export function agentApp(place: AgentPlace, logLevel: string): App {
  return {
    name: place.name,
    args: [...agentNodeFlags, mainOf('agent'), 'run', '--data', place.dataDir],
    env: { LOG_LEVEL: logLevel },
    ready: async () => (await readStatus(place.dataDir)).running,
  }
}

/** Enrols the agent with a code from the cloud. Throws what the agent says if it is refused. */
export async function enrollAgent(
  { name, edtFolder, dataDir }: AgentPlace,
  cloud: string,
  code: string,
): Promise<void> {
  // The times of the sandbox's store.
  await enroll({ code, cloud, edt: edtFolder, data: dataDir, name, region: 'US', timeZone: 'UTC' })
}

/** Whether the agent has been enrolled. */
export async function isEnrolled(place: AgentPlace): Promise<boolean> {
  return (await readStatus(place.dataDir)).enrolled
}
