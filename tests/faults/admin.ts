import { orFailure } from '@jumpring/infra/local'
import pg from 'pg'
import { z } from 'zod'
import type { World } from './world.ts'

const madeSchema = z.object({ id: z.string() })
const connectionSchema = z.object({
  status: z.string(),
  pausedCode: z.string().nullable(),
  outage: z.object({ tries: z.number() }).nullable(),
})

/** Has Podium read now, as a person may, and waits until a run has followed on it. */
export async function readPodium({ stack, tenant }: World): Promise<void> {
  const client = new pg.Client({ connectionString: stack.database.ownerUrl })
  await client.connect()
  const { rows } = await client.query<{ at: Date }>('SELECT last_poll_at AS at FROM connection')
  const operation = `mutation ($id: ID!) { result: runConnectionNow(connectionId: $id) { ... on Connection { id } ${orFailure} } }`
  await tenant.operator.do(madeSchema, operation, { id: tenant.connectionId })
  const isRead = async () =>
    (await client.query('SELECT FROM connection WHERE last_poll_at > $1 AND last_run_at > last_poll_at', [rows[0]?.at]))
      .rowCount === 1
  await stack.waitFor(isRead, { what: 'Podium to be read' }).finally(() => client.end())
}

/** Whether the connection runs, and what paused it. */
export async function connectionOf({ tenant }: World): Promise<z.infer<typeof connectionSchema>> {
  const query = 'query ($id: ID!) { result: connection(id: $id) { status pausedCode outage { tries } } }'
  return tenant.operator.do(connectionSchema, query, { id: tenant.connectionId })
}

/** A person agrees in Podium again, enters what they got, and resumes the connection. */
export async function connectAgain({ sandbox, tenant, stack }: World): Promise<void> {
  const { organizationUid, clientId, clientSecret } = tenant.account
  const codeSchema = z.object({ authorizationCode: z.string() })
  const { authorizationCode } = codeSchema.parse(await sandbox.post('/control/podium/codes', { organizationUid }))
  const secrets = { clientId, clientSecret, authorizationCode, redirectUri: `${stack.addresses.sandbox}/connected` }
  const connect = `mutation ($id: ID!, $secrets: JSON!) { result: connectAccount(connectionId: $id, secrets: $secrets) { ... on Connection { id } ${orFailure} } }`
  await tenant.operator.do(madeSchema, connect, { id: tenant.connectionId, secrets })
  const resume = `mutation ($id: ID!) { result: resumeConnection(connectionId: $id) { ... on Connection { id } ${orFailure} } }`
  await tenant.operator.do(madeSchema, resume, { id: tenant.connectionId })
}

const entriesSchema = z.object({
  edges: z.array(z.object({ node: z.object({ id: z.string(), code: z.string(), message: z.string() }) })),
})

/** The open entries of the tenant's quarantine with this code. */
export async function quarantined({ tenant }: World, code: string): Promise<{ id: string; message: string }[]> {
  const query =
    'query ($id: ID!) { result: tenant(id: $id) { quarantine(first: 100, filter: { open: true }) { edges { node { id code message } } } } }'
  const { quarantine } = await tenant.operator.do(z.object({ quarantine: entriesSchema }), query, { id: tenant.id })
  return quarantine.edges.map(({ node }) => node).filter((entry) => entry.code === code)
}

/** Tries these entries again. */
export async function replay({ tenant }: World, ids: readonly string[]): Promise<void> {
  const operation = `mutation ($tenantId: ID!, $ids: [ID!]!) {
    result: replayQuarantined(tenantId: $tenantId, ids: $ids) { __typename ${orFailure} }
  }`
  await tenant.operator.do(z.unknown(), operation, { tenantId: tenant.id, ids })
}
