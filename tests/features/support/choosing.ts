import { orFailure, Refused, until } from '@jumpring/infra/local'
import { z } from 'zod'
import type { TestTenant } from '../../support/tenant.ts'

const customerSchema = z.object({
  key: z.string(),
  name: z.string().nullable(),
  selectedBy: z.string().nullable(),
  link: z.object({ uid: z.string().nullable(), matchedBy: z.string().nullable() }).nullable(),
})
const entrySchema = z.object({
  what: z.string(),
  key: z.string().nullable(),
  name: z.string().nullable(),
  reason: z.string().nullable(),
  changes: z.array(z.object({ field: z.string(), from: z.string().nullable(), to: z.string() })),
})
const storeSchema = z.object({
  number: z.string(),
  name: z.string(),
  customers: z.number(),
  connections: z.array(z.object({ location: z.string().nullable(), isHome: z.boolean(), linked: z.number() })),
})

const isOnItsWay = (error: unknown) => error instanceof Refused && error.message.includes('on its way')

/** What the store's staff say of single customers, through the admin API. */
export function chooserOf({ staff, id: tenantId, connectionId, sourceId }: TestTenant) {
  const undoMatch = (key: string) =>
    staff.do(
      z.object({
        decisionId: z.string(),
        undone: z.object({ phones: z.array(z.string()), emails: z.array(z.string()) }),
      }),
      `mutation ($id: ID!, $customer: CustomerRefInput!) { result: undoMatch(connectionId: $id, customer: $customer) {
        ... on MatchUndone { decisionId undone { phones emails } } ${orFailure} } }`,
      { id: connectionId, customer: { sourceId, key } },
    )
  const choose = async (mutation: string, chosen: object) =>
    staff.do(
      z.object({ changed: z.number() }),
      `mutation ($input: ChosenCustomersInput!) { result: ${mutation}(input: $input) { ... on SelectionChanged { changed } ${orFailure} } }`,
      { input: { connectionId, ...chosen } },
    )
  const refs = (keys: readonly string[]) => ({ customers: keys.map((key) => ({ sourceId, key })) })
  const onConnection = (mutation: string) =>
    staff.do(
      z.looseObject({}),
      `mutation ($id: ID!) { result: ${mutation}(connectionId: $id) { ... on Connection { id } ${orFailure} } }`,
      { id: connectionId },
    )
  return {
    select: (...keys: string[]) => choose('selectCustomers', refs(keys)),
    selectWhere: (filter: object) => choose('selectCustomers', { filter }),
    deselect: (...keys: string[]) => choose('deselectCustomers', refs(keys)),
    customers: async (filter: object = {}) => {
      const { edges } = await staff.do(
        z.object({ edges: z.array(z.object({ node: customerSchema })) }),
        `query ($id: ID!, $filter: CustomerFilter) { result: customers(connectionId: $id, first: 100, filter: $filter) {
          edges { node { key name selectedBy link { uid matchedBy } } } } }`,
        { id: connectionId, filter },
      )
      return edges.map(({ node }) => node)
    },
    /** Tries again, as staff are told to, while a change of the match is on its way into the store. */
    undoMatch: async (key: string) => {
      const attempt = async () => {
        const [outcome] = await Promise.allSettled([undoMatch(key)])
        return outcome.status === 'rejected' && isOnItsWay(outcome.reason) ? null : outcome
      }
      const outcome = await until(attempt, {
        timeoutMs: 30_000,
        what: 'what is on its way to be in the store',
        everyMs: 100,
      })
      if (outcome.status === 'rejected') throw outcome.reason
      return outcome.value
    },
    /** Null while there is none that is ready. */
    preview: async () => {
      const { preview } = await staff.do(
        z.object({
          preview: z
            .object({ status: z.string(), entries: z.object({ edges: z.array(z.object({ node: entrySchema })) }) })
            .nullable(),
        }),
        `query ($id: ID!) { result: connection(id: $id) { preview { status entries(first: 100) { edges { node {
          what key name reason changes { field from to } } } } } } }`,
        { id: connectionId },
      )
      return preview?.status === 'READY' ? preview.entries.edges.map(({ node }) => node) : null
    },
    approvePreview: () => onConnection('approvePreview'),
    stores: () =>
      staff.do(
        z.array(storeSchema),
        `query ($id: ID!) { result: storeViews(tenantId: $id) { number name customers connections { location isHome linked } } }`,
        { id: tenantId },
      ),
  }
}
