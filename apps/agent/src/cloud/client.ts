import { type KeyObject, sign } from 'node:crypto'
import { pipeline, Readable } from 'node:stream'
import { createZstdCompress, zstdCompressSync } from 'node:zlib'
import {
  type Command,
  commandSchema,
  errorAnswerSchema,
  errorCodes,
  type Hello,
  helloSchema,
  type InstallAnswer,
  installAnswerSchema,
  JumpringError,
  type Report,
  tokenAnswerSchema,
  type UplinkAnswer,
  uplinkAnswerSchema,
} from '@jumpring/contracts'
import { z } from 'zod'
import { type HttpAnswer, type HttpRequest, send } from './http.ts'

const usualTimeoutMs = 30_000
const uploadTimeoutMs = 120_000
/** A difference to the cloud's clock that needs no correction. */
const clockToleranceMs = 60_000
/** How long the cloud may keep a request for commands open, in seconds. */
const commandWaitSeconds = 25
/** Below this size the thread pool costs more than it saves. */
const compressAtOnceBytes = 64 * 1024

/** Who is calling: the cloud's address, and what proves that it is this agent. */
export interface Identity {
  readonly cloud: string
  readonly agentId: string
  readonly key: KeyObject
}

const anyCommandsSchema = z.object({ commands: z.array(z.looseObject({ id: z.uuid(), wish: z.unknown() })) })
/** A command of a form that this version does not know. */
export type CommandNotUnderstood = z.infer<typeof anyCommandsSchema>['commands'][number]

export type UploadResult = { readonly taken: boolean } & UplinkAnswer

/**
 * The cloud, as the contract has it. Every method rejects with a JumpringError: `platform_unavailable` when there is no answer,
 * `agent_unknown` when the cloud refuses this agent, else the code of the answer.
 */
export class Cloud {
  private readonly identity: Identity
  private readonly signal: AbortSignal
  /** `validUntil`: by performance.now, which no set clock moves. */
  private token: { value: string; validUntil: number } | undefined
  /** How far this machine's clock is behind the cloud's. */
  private clockBehindMs = 0

  constructor(identity: Identity, signal: AbortSignal) {
    this.identity = identity
    this.signal = signal
  }

  hello(): Promise<Hello> {
    return this.call(helloSchema, { method: 'GET', path: '/agent/hello', timeoutMs: usualTimeoutMs })
  }

  /**
   * Sends lines as they are read. `taken` is false where the cloud wants a snapshot first.
   * @param pages gives them from the first on, each time it is called
   */
  async upload(epoch: string, generation: string, pages: () => Generator<string[]>): Promise<UploadResult> {
    const answer = await this.exchange({
      method: 'POST',
      path: `/agent/uplink?epoch=${epoch}&generation=${generation}`,
      headers: { 'content-type': 'application/x-ndjson', 'content-encoding': 'zstd' },
      body: () => compressed(pages()),
      timeoutMs: uploadTimeoutMs,
    })
    if (answer.status === 409) return { taken: false, ...read(uplinkAnswerSchema, answer) }
    return { taken: true, ...read(uplinkAnswerSchema, accepted(answer)) }
  }

  /** Waits at the cloud until there are commands, or for a while. A newer cloud may give some that are not understood here. */
  async commands(): Promise<{ commands: Command[]; notUnderstood: CommandNotUnderstood[] }> {
    const path = `/agent/commands?wait=${commandWaitSeconds}`
    const timeoutMs = commandWaitSeconds * 1000 + usualTimeoutMs
    const answer = await this.call(anyCommandsSchema, { method: 'GET', path, timeoutMs })
    const commands: Command[] = []
    const notUnderstood: CommandNotUnderstood[] = []
    for (const command of answer.commands) {
      const understood = commandSchema.safeParse(command)
      if (understood.success) commands.push(understood.data)
      else notUnderstood.push(command)
    }
    return { commands, notUnderstood }
  }

  async report(reports: readonly Report[]): Promise<void> {
    const body = Buffer.from(JSON.stringify({ reports }))
    const headers = { 'content-type': 'application/json' }
    accepted(await this.exchange({ method: 'POST', path: '/agent/reports', headers, body, timeoutMs: usualTimeoutMs }))
  }

  /** Rejects with the `license_…` code of a refusal, and its sentence. */
  installLicense(file: string): Promise<InstallAnswer> {
    const body = Buffer.from(JSON.stringify({ file }))
    const headers = { 'content-type': 'application/json' }
    const asked = { method: 'POST', path: '/agent/license', headers, body, timeoutMs: usualTimeoutMs } as const
    return this.call(installAnswerSchema, asked)
  }

  private async call<Answer>(schema: z.ZodType<Answer>, asked: HttpRequest): Promise<Answer> {
    return read(schema, accepted(await this.exchange(asked)))
  }

  /** Sends with a token; a token that is refused is renewed once. */
  private async exchange(asked: HttpRequest): Promise<HttpAnswer> {
    const answer = await this.sendWithToken(asked)
    if (answer.status !== 401) return answer
    this.token = undefined
    return this.sendWithToken(asked)
  }

  private async sendWithToken(asked: HttpRequest): Promise<HttpAnswer> {
    if (!this.token || this.token.validUntil < performance.now()) this.token = await this.newToken()
    const headers = { ...asked.headers, authorization: `Bearer ${this.token.value}` }
    return send(this.identity.cloud, { ...asked, headers, signal: this.signal })
  }

  private async newToken(): Promise<{ value: string; validUntil: number }> {
    let answer = await this.askForToken()
    // Clocks of machines in stores are set wrong, and what is signed carries the time.
    const behindMs = answer.date === undefined ? 0 : answer.date - Date.now()
    if (answer.status === 401 && Math.abs(behindMs - this.clockBehindMs) > clockToleranceMs) {
      this.clockBehindMs = behindMs
      answer = await this.askForToken()
    }
    const { token, expiresInSeconds } = read(tokenAnswerSchema, accepted(answer))
    return { value: token, validUntil: performance.now() + expiresInSeconds * 900 }
  }

  private askForToken(): Promise<HttpAnswer> {
    const assertion = assertionOf(this.identity, Date.now() + this.clockBehindMs)
    const body = Buffer.from(JSON.stringify({ assertion }))
    const headers = { 'content-type': 'application/json' }
    const asked: HttpRequest = { method: 'POST', path: '/agent/token', headers, body, timeoutMs: usualTimeoutMs }
    return send(this.identity.cloud, { ...asked, signal: this.signal })
  }
}

/** Pages of lines as the body of an upload; a single small one at once. */
function compressed(pages: Generator<string[]>): Buffer | Readable {
  const first = textOf(pages.next().value ?? [])
  // Should more have been spooled just now, it goes with the next upload.
  if (first.length < compressAtOnceBytes) return zstdCompressSync(first)
  const texts = function* () {
    yield first
    for (const page of pages) yield textOf(page)
  }
  // What breaks the one ends the other, and so the request.
  return pipeline(Readable.from(texts(), { objectMode: false }), createZstdCompress(), () => {})
}

const textOf = (lines: readonly string[]) => Buffer.from(lines.map((line) => `${line}\n`).join(''))

/** A compact JWS that proves possession of the agent's key for two minutes from `now` (UTC instant, in ms). */
function assertionOf({ agentId, key }: Identity, now: number): string {
  const iat = Math.floor(now / 1000)
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signed = `${encode({ alg: 'EdDSA', typ: 'JWT' })}.${encode({ iss: agentId, aud: 'jumpring', iat, exp: iat + 120 })}`
  return `${signed}.${sign(null, Buffer.from(signed), key).toString('base64url')}`
}

/** Passes a good answer on; makes any other a JumpringError with the answer's code. */
export function accepted(answer: HttpAnswer): HttpAnswer {
  if (answer.status >= 200 && answer.status < 300) return answer
  const said = errorAnswerSchema.safeParse(answer.body)
  const code = said.success && isErrorCode(said.data.code) ? said.data.code : undefined
  if (answer.status === 401 || answer.status === 403) throw new JumpringError('agent_unknown')
  if (said.success && code?.startsWith('license_')) throw new JumpringError(code, said.data.message)
  throw new JumpringError(
    code ?? 'platform_unavailable',
    `The cloud answered ${answer.status}${code ? ` (${code})` : ''}.`,
  )
}

function isErrorCode(code: string): code is keyof typeof errorCodes {
  return Object.hasOwn(errorCodes, code)
}

function read<Answer>(schema: z.ZodType<Answer>, answer: HttpAnswer): Answer {
  const parsed = schema.safeParse(answer.body)
  if (!parsed.success)
    throw new JumpringError('platform_unavailable', 'The cloud gave an answer that is not understood.')
  return parsed.data
}
