import { createPrivateKey, generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import { zstdCompressSync } from 'node:zlib'
import { commandsAnswerSchema, enrollAnswerSchema, helloSchema, tokenAnswerSchema } from '@jumpring/contracts'
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'

/** An agent that speaks the contract and remembers nothing by itself. */
export class TestAgent {
  readonly api: FastifyInstance
  readonly agentId: string
  readonly privateKey: string
  token = ''

  constructor(api: FastifyInstance, agentId: string, privateKey: string) {
    this.api = api
    this.agentId = agentId
    this.privateKey = privateKey
  }

  static async enroll(api: FastifyInstance, code: string): Promise<TestAgent> {
    const keys = newKeys()
    const answer = await enroll(api, code, keys.publicKey)
    const agent = new TestAgent(api, enrollAnswerSchema.parse(answer.json()).agentId, keys.privateKey)
    agent.token = tokenAnswerSchema.parse((await agent.askToken()).json()).token
    return agent
  }

  askToken(assertion = assertionOf(this.agentId, this.privateKey)): Promise<LightMyRequestResponse> {
    return this.api.inject({ method: 'POST', url: '/agent/token', payload: { assertion } })
  }

  get headers(): { authorization: string } {
    return { authorization: `Bearer ${this.token}` }
  }

  async hello() {
    return helloSchema.parse((await this.api.inject({ url: '/agent/hello', headers: this.headers })).json())
  }

  /** @param body lines, or bytes as they are sent */
  upload(
    at: { epoch: string; generation: string },
    body: readonly object[] | Buffer,
    encoding = 'zstd',
  ): Promise<LightMyRequestResponse> {
    return this.api.inject({
      method: 'POST',
      url: `/agent/uplink?epoch=${at.epoch}&generation=${at.generation}`,
      headers: { ...this.headers, 'content-type': 'application/x-ndjson', 'content-encoding': encoding },
      payload: Buffer.isBuffer(body) ? body : zstdCompressSync(ndjson(body)),
    })
  }

  async commands(wait = 0) {
    const answer = await this.api.inject({ url: `/agent/commands?wait=${wait}`, headers: this.headers })
    return commandsAnswerSchema.parse(answer.json()).commands
  }

  report(reports: readonly object[]): Promise<LightMyRequestResponse> {
    return this.api.inject({ method: 'POST', url: '/agent/reports', headers: this.headers, payload: { reports } })
  }
}

export function newKeys(): { publicKey: string; privateKey: string } {
  return generateKeyPairSync('ed25519', {
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
}

export function enroll(api: FastifyInstance, code: string, publicKey: string): Promise<LightMyRequestResponse> {
  return api.inject({
    method: 'POST',
    url: '/agent/enroll',
    payload: { code, publicKey, name: 'Back office', version: '0.1.0' },
  })
}

/** contracts/enrollment.ts; `seconds`: how long it says it holds. */
export function assertionOf(agentId: string, privateKey: string, seconds = 60): string {
  const now = Math.floor(Date.now() / 1000)
  const claims = { iss: agentId, aud: 'jumpring', iat: now, exp: now + seconds }
  const text = [{ alg: 'EdDSA', typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
  return `${text}.${sign(null, Buffer.from(text), createPrivateKey(privateKey)).toString('base64url')}`
}

export function ndjson(lines: readonly object[]): Buffer {
  return Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
}

/** A customer with this first name and one phone, as line `n`. */
export function upsert(n: number, key: string, firstName: string, more: { bulk?: boolean } = {}) {
  const record = {
    firstName,
    lastName: 'Lindqvist',
    phones: [{ type: 'Cell', number: '2035550117', doNotContact: false }],
    emails: [],
    addresses: [],
    inactive: false,
  }
  return { n, at: '2026-11-22T10:00:00.000Z', op: 'upsert', kind: 'customer', key, bulk: false, record, ...more }
}

export const newEpoch = (): string => randomUUID()

/** How long a test waits for a condition: a machine may be busy. */
export const patience = { timeout: 30_000 }
