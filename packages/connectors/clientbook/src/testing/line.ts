import type { Session } from '@jumpring/connector-kit'
import { type ScriptedAnswer, type ScriptedServer, startScriptedServer } from '@jumpring/connector-kit/scripted-server'
import { openSession } from '../client.ts'

export interface Line extends AsyncDisposable {
  readonly session: Session
  readonly server: ScriptedServer
}

/** A session on a server that gives these answers in order. */
export async function open(...answers: ScriptedAnswer[]): Promise<Line> {
  const server = await startScriptedServer(answers)
  const session = openSession({
    baseUrl: server.baseUrl,
    region: 'US',
    timeoutMs: 10_000,
    accessToken: async () => 'first-token',
    renewToken: async () => 'second-token',
    onRateLimit: () => {},
  })
  return { session, server, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}
