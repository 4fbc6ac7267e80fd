import { createPublicKey } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type EnrollAnswer, enrollAnswerSchema, JumpringError } from '@jumpring/contracts'
import { readOrCreateKey, writeConfig } from '../config.ts'
import { version } from '../version.ts'
import { accepted } from './client.ts'
import { send } from './http.ts'

export interface EnrollOptions {
  readonly code: string
  readonly cloud: string
  readonly edt: string
  readonly data: string
  readonly name: string
  readonly region: string
  /** As in `config.json`; where left out, what is usual there. */
  readonly currency?: string
  readonly timeZone?: string
}

/** Makes the agent known to the cloud, sees to the store's folders and writes the configuration. May be repeated with the same code after a cut. */
export async function enroll({ code, cloud, edt, data, name, ...settings }: EnrollOptions): Promise<EnrollAnswer> {
  for (const folder of ['Inbox', 'Outbox']) mkdirSync(join(edt, folder), { recursive: true })
  const publicKey = createPublicKey(readOrCreateKey(data)).export({ type: 'spki', format: 'pem' }).toString()
  const body = Buffer.from(JSON.stringify({ code, publicKey, name, version }))
  const headers = { 'content-type': 'application/json' }
  const answer = await send(cloud, { method: 'POST', path: '/agent/enroll', headers, body, timeoutMs: 30_000 })
  if (answer.status === 401 || answer.status === 403) throw new JumpringError('enrollment_refused')
  const enrolled = enrollAnswerSchema.parse(accepted(answer).body)
  const { agentId, tenant, source, licensing } = enrolled
  writeConfig(data, { cloud, edt, ...settings, agentId, tenant, source, licensing })
  return enrolled
}
