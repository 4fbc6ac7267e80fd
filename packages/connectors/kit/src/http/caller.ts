import type { JumpringError } from '@jumpring/contracts'
import type { z } from 'zod'
import type { SessionContext } from '../connector.ts'
import { type Answer, exchange, parseAnswer, type Request, succeeded } from './exchange.ts'
import { rateLimitOf } from './failures.ts'

export interface Call {
  readonly method: Request['method']
  /** Below the base URL. */
  readonly path: string
  readonly body?: Readonly<Record<string, unknown>> | readonly unknown[]
  readonly headers?: Readonly<Record<string, string>>
}

/** What is a platform's own about its HTTP API. */
export interface Dialect {
  /** As a person reads it. */
  readonly platform: string
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>
  /** What an answer that is no success means; `body`: what was sent. */
  failureOf(answer: Answer, sent: { readonly body: object }): JumpringError
}

/** One request to a platform's API, with all that every request needs. */
export interface Caller {
  /** The answer, whatever its status. Throws `platform_unavailable`, and `auth` where no token helps. */
  answer(call: Call): Promise<Answer>
  /** The body of a success. Throws what connector.ts says for every other answer. */
  read<T>(call: Call, schema: z.ZodType<T>): Promise<T>
}

/** Sends with the token of the session, renewed once after a 401. */
export function openCaller(context: SessionContext, { platform, headers, failureOf }: Dialect): Caller {
  async function attempt(call: Call, token: string): Promise<Answer> {
    const { method, path, body } = call
    const sent = { ...headers, ...call.headers, authorization: `Bearer ${token}` }
    const answer = await exchange(
      platform,
      { method, url: context.baseUrl + path, headers: sent, body },
      context.timeoutMs,
    )
    const limit = rateLimitOf(answer.headers)
    if (limit !== null) context.onRateLimit(limit)
    return answer
  }

  async function answer(call: Call): Promise<Answer> {
    const token = await context.accessToken()
    const first = await attempt(call, token)
    return first.status === 401 ? attempt(call, await context.renewToken(token)) : first
  }

  return {
    answer,
    async read(call, schema) {
      const got = await answer(call)
      if (!succeeded(got)) throw failureOf(got, { body: call.body ?? {} })
      return parseAnswer(platform, got, schema)
    },
  }
}
