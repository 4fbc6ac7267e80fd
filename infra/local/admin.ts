import { z } from 'zod'
import { type Gql, graphqlClient } from './graphql.ts'

/** The admin API as one signed-in person uses it. */
export interface Admin {
  /** Runs an operation whose root fields are results or failures; throws the failure's code and sentence. */
  do<T>(schema: z.ZodType<T>, operation: string, variables?: Record<string, unknown>): Promise<T>
}

/** An expected failure that the API gave as data. */
export class Refused extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

const failureSchema = z.object({
  code: z.string(),
  message: z.string(),
  fields: z.array(z.object({ path: z.string(), message: z.string() })).default([]),
})

/** What every mutation asks for beside its own fields, since a failure is one of its possible types. */
export const orFailure = '... on Problem { code message } ... on InvalidInput { fields { path message } }'

/** Signs in by e-mail and password. */
export async function signIn(graphql: string, account: { email: string; password: string }): Promise<Admin> {
  const gql = graphqlClient(graphql)
  const { token } = await resultOf(
    gql,
    z.object({ token: z.string() }),
    `mutation ($email: String!, $password: String!) {
      result: signIn(email: $email, password: $password) { ... on SignedIn { token } ${orFailure} }
    }`,
    account,
  )
  return { do: (schema, operation, variables) => resultOf(gql, schema, operation, variables, token) }
}

/** The root field named `result`, parsed; a failure is thrown. */
async function resultOf<T>(
  gql: Gql,
  schema: z.ZodType<T>,
  operation: string,
  variables?: Record<string, unknown>,
  token?: string,
): Promise<T> {
  const { result } = await gql(operation, variables, token)
  const failure = failureSchema.safeParse(result)
  if (!failure.success) return schema.parse(result)
  const { code, message, fields } = failure.data
  throw new Refused(code, [message, ...fields.map((field) => `${field.path}: ${field.message}`)].join(' '))
}
