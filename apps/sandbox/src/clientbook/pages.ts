import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Clientbook } from './clientbook.ts'
import { misfit, Problem } from './problems.ts'

export const pageShape = {
  cursor: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
}
export const sinceShape = { updated_since: z.iso.datetime({ offset: true }).optional() }
/** A flag in a query. */
export const flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((text) => text === 'true')

type Query = { cursor?: string | undefined; limit: number; updated_since?: string | undefined; [name: string]: unknown }
type Listed = { seq: number; updated_at?: string }

const cursorSchema = z.object({ after: z.number(), asked: z.string(), madeAt: z.number() })

/** The parameters of a request. Throws `invalid_request` for unknown ones and for values that do not fit. */
export function queryOf<T>(request: FastifyRequest, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(request.query)
  if (!parsed.success) {
    const { errors = [] } = misfit(parsed.error, request.query).more
    throw new Problem('invalid_request', { errors })
  }
  return parsed.data
}

/**
 * A page of what comes in the order of its last change, listed from after a `seq` on. A cursor is good for a while, and with the same other parameters only;
 * else `invalid_cursor`.
 */
export function pageOf<T extends Listed, V>(
  book: Clientbook,
  listed: (after: number) => Iterable<T>,
  { cursor, limit, ...asked }: Query,
  view: (value: T) => V,
): { items: V[]; next_cursor: string | null } {
  const sameAsked = JSON.stringify(asked)
  const after = cursor === undefined ? Number.NEGATIVE_INFINITY : readCursor(book, cursor, sameAsked)
  const since = asked.updated_since === undefined ? undefined : new Date(asked.updated_since).toISOString()
  const page: T[] = []
  for (const value of listed(after)) {
    if (value.seq <= after || (since !== undefined && (value.updated_at ?? '') < since)) continue
    page.push(value)
    if (page.length > limit) break
  }
  const shown = page.slice(0, limit)
  const last = shown.at(-1)
  const next_cursor =
    page.length > limit && last
      ? Buffer.from(JSON.stringify({ after: last.seq, asked: sameAsked, madeAt: Date.now() })).toString('base64url')
      : null
  return { items: shown.map(view), next_cursor }
}

function readCursor({ settings }: Clientbook, cursor: string, sameAsked: string): number {
  try {
    const { after, asked, madeAt } = cursorSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()))
    const isYoung = Date.now() < madeAt + settings.current.cursorSeconds * 1000
    if (isYoung && asked === sameAsked) return after
  } catch {
    // Not base64, not JSON or not ours: refused like an old one.
  }
  throw new Problem('invalid_cursor')
}
