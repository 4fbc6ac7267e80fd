import type { AgentPlace } from './agent.ts'
import type { Secrets } from './secrets.ts'

export async function provisionDemo(_: {
  api: string
  sandbox: string
  place: AgentPlace
  secrets: Secrets
}): Promise<{ accounts: Record<string, { email: string; password: string }>; signIn: () => Promise<string> }> {
  throw new Error('not written yet')
}
