import { z } from 'zod'
import { misfit, Problem } from './problems.ts'

type Outcome = { outcome: 'created' | 'updated' | 'unchanged'; id: string }

const namedSchema = z.object({ external_id: z.string() }).catch({ external_id: '' })

/** Takes each item by itself, and says in their order what became of them. */
export function eachByItself<T>(items: unknown[], schema: z.ZodType<T>, take: (item: T) => Outcome) {
  const results = items.map((item) => {
    const { external_id } = namedSchema.parse(item)
    const refused = (problem: Problem) => ({
      external_id,
      outcome: 'rejected' as const,
      id: null,
      problem: problem.body,
    })
    const parsed = schema.safeParse(item)
    if (!parsed.success) return refused(misfit(parsed.error, item))
    try {
      return { external_id, ...take(parsed.data), problem: null }
    } catch (error) {
      if (error instanceof Problem) return refused(error)
      throw error
    }
  })
  return { results }
}
