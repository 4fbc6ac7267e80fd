import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { installLicense } from '@jumpring/agent'
import { type Admin, mainOf } from '@jumpring/infra/local'
import { z } from 'zod'
import { Cloud } from '../../../apps/agent/src/cloud/client.ts'
import { readConfig, readKey } from '../../../apps/agent/src/config.ts'
import type { Stack } from '../../support/stack.ts'
import type { Shop } from './shop.ts'

const run = promisify(execFile)

const mailSchema = z.array(
  z.object({
    to: z.array(z.string()),
    subject: z.string(),
    text: z.string(),
    attachments: z.array(z.object({ name: z.string(), content: z.string() })),
  }),
)
/** A mail as its reader sees it. */
export type Mail = z.infer<typeof mailSchema>[number]

/** Waits for the newest mail to somebody with this subject. */
export async function mailTo(stack: Stack, to: string, subject: string): Promise<Mail> {
  return stack.waitFor(
    async () => {
      const answer = await fetch(`${stack.addresses.sandbox}/state/mail`)
      const mails = mailSchema.parse(await answer.json())
      return mails.findLast((mail) => mail.to.includes(to) && mail.subject.includes(subject))
    },
    { what: `a mail to ${to}: ${subject}` },
  )
}

const alertsSchema = z.object({
  edges: z.array(z.object({ node: z.object({ kind: z.string(), message: z.string(), licenseId: z.string() }) })),
})

/** The alerts that stand open for a tenant, newest first. */
export async function openAlerts(admin: Admin, tenantId: string): Promise<{ kind: string; message: string }[]> {
  const { edges } = await admin.do(
    alertsSchema,
    `query ($tenantId: ID!) { result: alerts(first: 50, filter: { open: true, tenantId: $tenantId }) { edges { node { kind message licenseId } } } }`,
    { tenantId },
  )
  return edges.map(({ node: { kind, message } }) => ({ kind, message }))
}

/** What the store's people do with the agent's program. */
export interface Till {
  /** Installs a license; gives what is said on the screen, a refusal too. */
  install(license: string): Promise<string>
  /** The same without a process of its own, which takes a second. Rejects with the refusal. */
  tryInstall(license: string): Promise<unknown>
  status(): Promise<string>
  /** Hands a license in past the agent's own judgment. */
  handIn(license: string): Promise<unknown>
}

export function tillOf(stack: Stack, { agent }: Pick<Shop, 'agent'>): Till {
  const data = join(stack.dir, agent)
  const cli = (...args: string[]) =>
    run(process.execPath, [mainOf('agent'), ...args, '--data', data]).then(
      ({ stdout }) => stdout.trim(),
      (failure: { stderr: string }) => failure.stderr.trim(),
    )
  return {
    install: async (license) => {
      const file = join(data, 'try.license')
      await writeFile(file, `${license}\n`)
      return cli('license', 'install', file)
    },
    tryInstall: (license) => installLicense(data, license),
    status: () => cli('status'),
    handIn: async (license) => {
      const config = readConfig(data) ?? Promise.reject(new Error('not enrolled'))
      const { cloud, agentId } = await config
      return new Cloud({ cloud, agentId, key: readKey(data) }, AbortSignal.timeout(30_000)).installLicense(license)
    },
  }
}

/** The path of the key that the stack's licenses are signed with. */
export const licenseKeyOf = (stack: Stack): string => join(stack.dir, 'license-key.pem')

/** What a license file says, unsigned. */
export function saidBy(license: string): Record<string, unknown> {
  const [, payload = ''] = license.split('.')
  return z.record(z.string(), z.unknown()).parse(JSON.parse(Buffer.from(payload, 'base64url').toString()))
}
