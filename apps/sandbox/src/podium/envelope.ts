import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { PodiumError } from './errors.ts'

/** Podium docs: every answer is `{data, metadata}`. */
export function envelope<T>(request: FastifyRequest, data: T, more: Record<string, unknown> = {}) {
  return {
    data,
    metadata: { url: `https://api.podium.com${request.url.replace(/^\/podium/, '')}`, version: '2021.04.01', ...more },
  }
}

const cursorSchema = z.object({
  after: z.number(),
  limit: z.number(),
  filter: z.string().optional(),
  madeAt: z.number(),
})
/** Where a list goes on, with what it was asked for at its beginning. */
export type Cursor = Omit<z.infer<typeof cursorSchema>, 'madeAt'>

export function writeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify({ ...cursor, madeAt: Date.now() })).toString('base64url')
}

/** Throws `invalid_cursor` when it is not one of ours, or too old. */
export function readCursor(text: string, lifeSeconds: number): Cursor {
  try {
    const { madeAt, ...cursor } = cursorSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString()))
    if (madeAt + lifeSeconds * 1000 > Date.now()) return cursor
  } catch {
    // Not base64, not JSON or not ours: refused like an old one.
  }
  throw new PodiumError('invalid_cursor', 'The cursor is not valid any more. Start again without it.')
}

export const limitSchema = z.coerce.number().int().min(1).max(100).default(10)
