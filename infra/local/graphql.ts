import { z } from 'zod'

/** Sends a GraphQL operation as the bearer of token `as`, or as nobody; gives its data; throws on top-level errors. */
export type Gql = (query: string, variables?: Record<string, unknown>, as?: string) => Promise<Record<string, unknown>>

const answerSchema = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z.array(z.object({ message: z.string() })).optional(),
})

/** A GraphQL client of one endpoint. */
export function graphqlClient(url: string): Gql {
  return async (query, variables = {}, as) => {
    const headers = { 'content-type': 'application/json', ...(as && { authorization: `Bearer ${as}` }) }
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) })
    const text = await answer.text()
    if (!answer.headers.get('content-type')?.includes('json'))
      throw new Error(`${url} answered ${answer.status}: ${text}`)
    const { data, errors } = answerSchema.parse(JSON.parse(text))
    if (errors?.length || !data) throw new Error(errors?.map(({ message }) => message).join('; ') ?? `${url}: ${text}`)
    return data
  }
}
