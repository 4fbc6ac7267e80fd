import { JumpringError } from '@jumpring/contracts'
import { z } from 'zod'

/** What came back, whatever its status. `body` is undefined where it is not JSON. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
}

export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  /** Goes as JSON, a form as a form. */
  readonly body?: unknown
}

/**
 * One HTTP exchange. Throws `platform_unavailable` where no whole answer came in time: the work may have been done.
 * @param platform its name, as a person reads it
 */
export async function exchange(platform: string, request: Request, timeoutMs: number): Promise<Answer> {
  const { body } = request
  const type = body === undefined || body instanceof URLSearchParams ? {} : { 'content-type': 'application/json' }
  try {
    const answer = await fetch(request.url, {
      method: request.method,
      headers: { accept: 'application/json', ...type, ...request.headers },
      body: body === undefined || body instanceof URLSearchParams ? (body ?? null) : JSON.stringify(body),
      // a redirect would carry a customer's data to an address that nobody entered
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    })
    const text = await answer.text()
    return { status: answer.status, headers: answer.headers, body: parseJson(text) }
  } catch (error) {
    throw new JumpringError('platform_unavailable', unreachable(platform, error, timeoutMs), {
      neverArrived: neverArrived(error),
    })
  }
}

/** Only a code of the error is told, and it is no `cause` of ours: its text may quote the address or the token. */
function unreachable(platform: string, error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return `${platform} could not be reached.`
  if (error.name === 'TimeoutError') return `${platform} did not answer within ${timeoutMs / 1000} s.`
  return `${platform} could not be reached (${codeOf(error) ?? error.name}).`
}

/** No connection was made: whatever was to be sent is still here. */
function neverArrived(error: unknown): boolean {
  const code = error instanceof Error ? codeOf(error) : undefined
  return ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'].includes(code ?? '')
}

function codeOf(error: Error): string | undefined {
  return z.object({ code: z.string() }).safeParse(error.cause).data?.code
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export const succeeded = (answer: Pick<Answer, 'status'>): boolean => answer.status >= 200 && answer.status < 300

/** The body of a success. Throws `platform_unavailable` where it is not of the agreed form. */
export function parseAnswer<T>(platform: string, answer: Answer, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(answer.body)
  // most likely a proxy's page in place of the platform's answer; the error must not carry what it says
  if (!parsed.success)
    throw new JumpringError('platform_unavailable', `${platform}'s answer (${answer.status}) is unreadable.`)
  return parsed.data
}
