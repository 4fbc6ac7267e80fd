import type { RateLimit, Session } from '@jumpring/connector-kit'
import { type ScriptedAnswer, type ScriptedServer, startScriptedServer } from '@jumpring/connector-kit/scripted-server'
import { JumpringError } from '@jumpring/contracts'
import { openSession } from '../client.ts'

export interface Line extends AsyncDisposable {
  readonly session: Session
  readonly server: ScriptedServer
  readonly limits: readonly RateLimit[]
  readonly renewed: readonly string[]
}

/** A session on a server that gives these answers in order. */
export async function open(...answers: ScriptedAnswer[]): Promise<Line> {
  const server = await startScriptedServer(answers)
  const limits: RateLimit[] = []
  const renewed: string[] = []
  const session = openSession({
    baseUrl: server.baseUrl,
    region: 'US',
    // short where an answer never comes; else long enough for a busy machine
    timeoutMs: answers.includes('hang') ? 200 : 10_000,
    accessToken: async () => 'first-token',
    renewToken: async (rejectedToken) => {
      renewed.push(rejectedToken)
      return 'second-token'
    },
    onRateLimit: (limit) => limits.push(limit),
  })
  return { session, server, limits, renewed, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

/** The expected failure of a call. */
export async function failure(promise: Promise<unknown>): Promise<JumpringError> {
  const error = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof JumpringError)) throw new Error('A JumpringError was expected.', { cause: error })
  return error
}
