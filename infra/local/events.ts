import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { type Admin, signIn } from './admin.ts'

const everyMs = 500
const pageSize = 50

const entrySchema = z.object({
  at: z.coerce.date(),
  direction: z.enum(['UP', 'DOWN']),
  key: z.string().nullable(),
  customerName: z.string().nullable(),
  changes: z.array(z.object({ field: z.string(), value: z.string() })),
  latencyMs: z.number().nullable(),
})
type Entry = z.infer<typeof entrySchema>

const pageSchema = z.object({
  edges: z.array(z.object({ node: entrySchema })),
  pageInfo: z.object({ endCursor: z.string().nullable() }),
})

const operation = `query ($connectionId: ID!, $first: Int!, $after: String) {
  result: activity(connectionId: $connectionId, first: $first, after: $after) {
    edges { node { at direction key customerName changes { field value } latencyMs } }
    pageInfo { endCursor }
  }
}`

/**
 * Says a line for each thing that a connection brings over, until `signal`. Asks again and again: the api may be down for
 * a while. What was brought before `since` is passed over.
 */
export async function followEvents(options: {
  graphql: string
  account: { email: string; password: string }
  connection: { id: string; platform: string }
  since: Date
  say: (line: string) => void
  signal: AbortSignal
}): Promise<void> {
  const { connection, since, say, signal } = options
  let admin: Admin | undefined
  let after: string | null = null
  while (!signal.aborted) {
    try {
      admin ??= await signIn(options.graphql, options.account)
      const page: z.infer<typeof pageSchema> = await admin.do(pageSchema, operation, {
        connectionId: connection.id,
        first: pageSize,
        after,
      })
      for (const { node } of page.edges) if (node.at >= since) say(lineOf(node, connection.platform))
      after = page.pageInfo.endCursor ?? after
      if (page.edges.length === pageSize) continue
    } catch {
      admin = undefined
    }
    await delay(everyMs, undefined, { signal }).catch(() => {})
  }
}

/** `001-00017 Nora Lindqvist: phone +1 203 555 0117 → Podium, 0.4 s` */
function lineOf({ direction, key, customerName, changes, latencyMs }: Entry, platform: string): string {
  const who = [key, customerName && plain(customerName)].filter(Boolean).join(' ') || 'someone new'
  const told = changes.filter(({ value }) => value !== customerName)
  const what = told.map(({ field, value }) => `${field} ${spaced(plain(value))}`).join(', ') || 'name'
  const took = latencyMs === null ? '' : `, ${(latencyMs / 1000).toFixed(1)} s`
  return `${who}: ${what} → ${direction === 'UP' ? platform : 'The Edge'}${took}`
}

const longest = 60

/** Names are data: they must not move the cursor, color the screen or fill it. */
function plain(text: string): string {
  const characters = [...text.replace(/\p{C}/gu, ' ')]
  return characters.length > longest ? `${characters.slice(0, longest).join('')}…` : characters.join('')
}

/** `+12035550117` is easier to read as `+1 203 555 0117`. */
function spaced(value: string): string {
  return value.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, '+1 $1 $2 $3')
}
