import { type Admin, type LicenseShown, orFailure, requestLicense } from '@jumpring/infra/local'
import { z } from 'zod'
import type { TestTenant } from '../../support/tenant.ts'

const progressSchema = z.object({
  done: z.number(),
  total: z.number(),
  ratePerMinute: z.number().nullable(),
  secondsLeft: z.number().nullable(),
})
const connectionSchema = z.object({
  status: z.string(),
  phase: z.string(),
  pausedCode: z.string().nullable(),
  pausedReason: z.string().nullable(),
  outage: z.object({ tries: z.number() }).nullable(),
  streams: z.array(z.object({ stream: z.string(), on: z.boolean(), open: z.boolean() })),
  overview: z.object({
    progress: progressSchema.extend({ streams: z.array(progressSchema.extend({ stream: z.string() })) }),
    lag: z.object({ live: z.number(), backfill: z.number(), messages: z.number() }),
    counts: z.object({ created: z.number(), updated: z.number(), held: z.number(), quarantined: z.number() }),
    links: z.array(z.object({ status: z.string(), count: z.number() })),
  }),
})
const connectionFields = `status phase pausedCode pausedReason outage { tries } streams { stream on open }
  overview { progress { done total ratePerMinute secondsLeft streams { stream done total ratePerMinute secondsLeft } } lag { live backfill messages }
    counts { created updated held quarantined } links { status count } }`

const quarantinedSchema = z.object({
  id: z.string(),
  stage: z.string(),
  subject: z.string(),
  key: z.string().nullable(),
  code: z.string(),
  message: z.string(),
  whoMustAct: z.string().nullable(),
})
/** What a person sees of a record that did not go through. */
export type Quarantined = z.infer<typeof quarantinedSchema>

const duplicateSchema = z.object({
  kind: z.string(),
  value: z.string(),
  customers: z.array(z.object({ sourceId: z.string(), key: z.string(), name: z.string().nullable() })),
  owners: z.array(z.object({ customer: z.object({ key: z.string() }), because: z.string() })),
  held: z.array(z.object({ code: z.string(), key: z.string().nullable() })),
  decisions: z.array(z.object({ id: z.string(), decision: z.string() })),
})
/** What several customers have in common. */
export type Duplicate = z.infer<typeof duplicateSchema>
const decidedSchema = z.object({ decisionId: z.string() })

const activitySchema = z.object({
  edges: z.array(z.object({ node: z.object({ key: z.string().nullable(), latencyMs: z.number().nullable() }) })),
})

/** What people do with one connection through the admin API. Expected failures are thrown as `Refused`. */
export interface Steering {
  connection(): Promise<z.infer<typeof connectionSchema>>
  change(input: { settings?: Record<string, unknown> }): Promise<void>
  /** Orders a tier: a license is asked for. */
  order(tier: 'clienteling' | 'clienteling_plus'): Promise<LicenseShown>
  /** Connects the account on the platform again; `secrets` as for createConnection. */
  connectAccount(secrets: Record<string, string>): Promise<void>
  pause(): Promise<void>
  resume(): Promise<void>
  resync(): Promise<void>
  runNow(): Promise<void>
  /** Lets a mass change through. */
  approve(): Promise<void>
  /** What waits in quarantine, of one customer if its key is given. */
  quarantine(key?: string): Promise<Quarantined[]>
  /** The newest things that were brought over. */
  activity(): Promise<{ key: string | null; latencyMs: number | null }[]>
  /** BY-08: what several customers have in common. */
  duplicates(filter: 'OPEN' | 'DECIDED'): Promise<Duplicate[]>
  /** Says that the customers of an entry are one person. Gives the decision's id. */
  join(duplicate: Duplicate): Promise<string>
  /** Says that they are different people. Gives the decision's id. */
  keepApart(duplicate: Duplicate): Promise<string>
  undo(decisionId: string): Promise<void>
  /** Tries an entry again; gives whether that was possible. */
  replay(id: string): Promise<boolean>
}

/** `admin`'s view of the tenant's connection. */
export function steering(admin: Admin, tenant: Pick<TestTenant, 'id' | 'connectionId'>): Steering {
  const { connectionId } = tenant
  const order = async (mutation: string) => {
    await admin.do(
      z.looseObject({}),
      `mutation ($connectionId: ID!) { result: ${mutation}(connectionId: $connectionId) { ... on Connection { id } ${orFailure} } }`,
      { connectionId },
    )
  }
  return {
    connection: () =>
      admin.do(connectionSchema, `query ($id: ID!) { result: connection(id: $id) { ${connectionFields} } }`, {
        id: connectionId,
      }),
    change: async (input) => {
      await admin.do(
        z.looseObject({}),
        `mutation ($input: UpdateConnectionInput!) {
          result: updateConnection(input: $input) { ... on Connection { id } ${orFailure} }
        }`,
        { input: { connectionId, ...input } },
      )
    },
    order: (tier) => requestLicense(admin, { connectionId, tier }),
    connectAccount: async (secrets) => {
      await admin.do(
        z.looseObject({}),
        `mutation ($connectionId: ID!, $secrets: JSON!) {
          result: connectAccount(connectionId: $connectionId, secrets: $secrets) { ... on Connection { id } ${orFailure} }
        }`,
        { connectionId, secrets },
      )
    },
    pause: () => order('pauseConnection'),
    resume: () => order('resumeConnection'),
    resync: () => order('resyncConnection'),
    runNow: () => order('runConnectionNow'),
    approve: () => order('approveMassChange'),
    quarantine: async (key) => {
      const { quarantine } = await admin.do(
        z.object({ quarantine: z.object({ edges: z.array(z.object({ node: quarantinedSchema })) }) }),
        `query ($id: ID!) { result: tenant(id: $id) { quarantine(first: 100, filter: { open: true }) {
          edges { node { id stage subject key code message whoMustAct } } } } }`,
        { id: tenant.id },
      )
      return quarantine.edges.map(({ node }) => node).filter((entry) => key === undefined || entry.key === key)
    },
    duplicates: async (filter) => {
      const { edges } = await admin.do(
        z.object({ edges: z.array(z.object({ node: duplicateSchema })) }),
        `query ($id: ID!, $filter: DuplicateFilter) { result: duplicates(tenantId: $id, first: 100, filter: $filter) { edges { node {
          kind value customers { sourceId key name } owners { customer { key } because } held { code key } decisions { id decision } } } } }`,
        { id: tenant.id, filter },
      )
      return edges.map(({ node }) => node)
    },
    join: async ({ customers }) => {
      const decided = await admin.do(
        decidedSchema,
        `mutation ($id: ID!, $customers: [CustomerRefInput!]!) {
          result: joinDuplicates(tenantId: $id, customers: $customers) { ... on DuplicateDecided { decisionId } ${orFailure} }
        }`,
        { id: tenant.id, customers: refsOf(customers) },
      )
      return decided.decisionId
    },
    keepApart: async ({ kind, value, customers }) => {
      const decided = await admin.do(
        decidedSchema,
        `mutation ($input: KeepDuplicatesApartInput!) {
          result: keepDuplicatesApart(input: $input) { ... on DuplicateDecided { decisionId } ${orFailure} }
        }`,
        { input: { tenantId: tenant.id, kind, value, customers: refsOf(customers) } },
      )
      return decided.decisionId
    },
    undo: async (decisionId) => {
      await admin.do(
        decidedSchema,
        `mutation ($tenantId: ID!, $id: ID!) {
          result: undoDuplicateDecision(tenantId: $tenantId, id: $id) { ... on DuplicateDecided { decisionId } ${orFailure} }
        }`,
        { tenantId: tenant.id, id: decisionId },
      )
    },
    activity: async () => {
      const { edges } = await admin.do(
        activitySchema,
        `query ($id: ID!) { result: activity(connectionId: $id, first: 50) { edges { node { key latencyMs } } } }`,
        { id: connectionId },
      )
      return edges.map(({ node }) => node)
    },
    replay: async (id) => {
      const { replays } = await admin.do(
        z.object({ replays: z.array(z.object({ replayed: z.boolean() })) }),
        `mutation ($tenantId: ID!, $ids: [ID!]!) {
          result: replayQuarantined(tenantId: $tenantId, ids: $ids) { ... on Replays { replays { replayed } } ${orFailure} }
        }`,
        { tenantId: tenant.id, ids: [id] },
      )
      return replays.every(({ replayed }) => replayed)
    },
  }
}

const refsOf = (customers: Duplicate['customers']) => customers.map(({ sourceId, key }) => ({ sourceId, key }))
