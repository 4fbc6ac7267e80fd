import type { Caller } from '@jumpring/connector-kit/http/caller'
import { parseAnswer, succeeded } from '@jumpring/connector-kit/http/exchange'
import type { z } from 'zod'
import { codeOf, failureOf } from './answers.ts'
import { pageSchema, pageSize } from './wire.ts'

export interface Page<Item> {
  readonly items: readonly Item[]
  /** How many could not be read; the others are not held up by them. */
  readonly unreadable: number
  readonly nextCursor?: string
}

/** A page of a list; with a cursor that has ended, the first one. */
export async function readPage<Item>(
  caller: Caller,
  path: string,
  query: Readonly<Record<string, string>>,
  cursor: string | undefined,
  schema: z.ZodType<Item>,
): Promise<Page<Item>> {
  const search = new URLSearchParams({ ...query, limit: String(pageSize), ...(cursor === undefined ? {} : { cursor }) })
  const answer = await caller.answer({ method: 'GET', path: `${path}?${search}` })
  if (cursor !== undefined && codeOf(answer) === 'invalid_cursor')
    return readPage(caller, path, query, undefined, schema)
  if (!succeeded(answer)) throw failureOf(answer)

  const { items, next_cursor } = parseAnswer('Clientbook', answer, pageSchema)
  const readable = items.flatMap((item) => {
    const parsed = schema.safeParse(item)
    return parsed.success ? [parsed.data] : []
  })
  return {
    items: readable,
    unreadable: items.length - readable.length,
    ...(next_cursor === null ? {} : { nextCursor: next_cursor }),
  }
}

/** All items of a list that can be read, page after page. */
export async function* readAll<Item>(
  caller: Caller,
  path: string,
  query: Readonly<Record<string, string>>,
  schema: z.ZodType<Item>,
): AsyncGenerator<Item> {
  let cursor: string | undefined
  do {
    const page = await readPage(caller, path, query, cursor, schema)
    yield* page.items
    cursor = page.nextCursor
  } while (cursor !== undefined)
}
