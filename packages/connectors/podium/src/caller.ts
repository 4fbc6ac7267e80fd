import type { SessionContext } from '@jumpring/connector-kit'
import { JumpringError } from '@jumpring/contracts'
import type { z } from 'zod'
import { type Answer, exchange, failureOf, type Request, rateLimitOf, succeeded } from './http.ts'
import { apiVersion } from './wire.ts'

interface Call {
  readonly method: Request['method']
  /** Below the base URL. */
  readonly path: string
  readonly body?: Readonly<Record<string, unknown>> | readonly unknown[]
  readonly headers?: Readonly<Record<string, string>>
}

/** One request to Podium's API, with all that every request needs. */
export interface Caller {
  /** The answer, whatever its status. Throws `platform_unavailable`, and `auth` where no token helps. */
  answer(call: Call): Promise<Answer>
  /** The body of a success. Throws what connector.ts says for every other answer. */
  read<T>(call: Call, schema: z.ZodType<T>): Promise<T>
}

/** Sends with the token of the session, renewed once after a 401. */
export function openCaller(context: SessionContext): Caller {
  async function attempt(call: Call, token: string): Promise<Answer> {
    const { method, path, body } = call
    const headers = { ...call.headers, authorization: `Bearer ${token}`, 'podium-version': apiVersion }
    const answer = await exchange({ method, url: context.baseUrl + path, headers, body }, context.timeoutMs)
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
      if (!succeeded(got)) throw failureOf(got, { fields: Object.keys(call.body ?? {}) })
      return parseAnswer(got, schema)
    },
  }
}

/** The body of a success. Throws `platform_unavailable` where it is not what Podium documents. */
export function parseAnswer<T>(answer: Answer, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(answer.body)
  // most likely a proxy's page in place of Podium's answer; the error must not carry what it says
  if (!parsed.success)
    throw new JumpringError('platform_unavailable', `Podium's answer (${answer.status}) is unreadable.`)
  return parsed.data
}
