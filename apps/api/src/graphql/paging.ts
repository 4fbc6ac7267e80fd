import { JumpringError } from '@jumpring/contracts'
import { z } from 'zod'
import { noText } from '../input.ts'
import { builder } from './builder.ts'

const defaultSize = 20
const maxSize = 100

/** Arguments of a paged list. */
export const pageArgs = builder.args((t) => ({
  first: t.int({ required: true, defaultValue: defaultSize, description: `How many, 1 to ${maxSize}.` }),
  after: t.string({ description: 'A cursor of the page before.' }),
}))

/** Where a row stands in its list: the value it is sorted by, and its id among equals. */
export interface Position {
  readonly value: string
  readonly id: string
}

/** What a list is sorted by decides what a cursor of it may hold. */
const valueSchemas = { text: z.string().refine((text) => noText(text) === null), instant: z.iso.datetime() }
type SortedBy = keyof typeof valueSchemas

const cursorOf = ({ value, id }: Position): string => Buffer.from(JSON.stringify([value, id])).toString('base64url')

function positionOf(cursor: string, sortedBy: SortedBy): Position {
  try {
    const position = z.tuple([valueSchemas[sortedBy], z.uuid()])
    const [value, id] = position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()))
    return { value, id }
  } catch {
    throw new JumpringError('invalid_input', '`after` is not a cursor of this list.')
  }
}

/** What a paged field returns. */
export interface Page<T> {
  readonly edges: { cursor: string; node: T }[]
  readonly pageInfo: {
    startCursor: string | null
    endCursor: string | null
    hasNextPage: boolean
    hasPreviousPage: boolean
  }
}

/**
 * Loads one page and one row more, which tells whether there is a next.
 * @throws `invalid_input` for a size or a cursor that cannot be
 */
export async function pageOf<T>(
  args: { first: number; after?: string | null | undefined },
  load: (wanted: { limit: number; after: Position | undefined }) => Promise<T[]>,
  place: (row: T) => Position,
  sortedBy: SortedBy = 'instant',
): Promise<Page<T>> {
  if (args.first < 1 || args.first > maxSize)
    throw new JumpringError('invalid_input', `\`first\` must be 1 to ${maxSize}.`)
  const after = args.after === null || args.after === undefined ? undefined : positionOf(args.after, sortedBy)
  const rows = await load({ limit: args.first + 1, after })
  const edges = rows.slice(0, args.first).map((node) => ({ cursor: cursorOf(place(node)), node }))
  return {
    edges,
    pageInfo: {
      startCursor: edges[0]?.cursor ?? null,
      // Whoever follows a list goes on from where they were when nothing new has come.
      endCursor: edges.at(-1)?.cursor ?? args.after ?? null,
      hasNextPage: rows.length > args.first,
      hasPreviousPage: after !== undefined,
    },
  }
}
