import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createKeyFile, type Database, type Keyring, openDatabase, openKeyring } from '@jumpring/db'
import Fastify from 'fastify'
import type pg from 'pg'
import { z } from 'zod'
import { freshDatabase, ownerPool } from '../../../../../tests/support/database.ts'
import { addPerson } from '../../../../../tests/support/people.ts'
import { registerTokens } from '../../auth/tokens.ts'
import { registerGraphql } from '../index.ts'

const answerSchema = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z
    .array(z.object({ message: z.string(), extensions: z.object({ code: z.string() }).partial().optional() }))
    .optional(),
})
export type Answer = z.infer<typeof answerSchema>

/** The admin API over a database of its own, with real tokens; doorbells are noted instead of rung. */
export interface World {
  readonly db: Database
  readonly keyring: Keyring
  /** As superuser, past row-level security. */
  readonly owner: pg.Pool
  /** Each ring since the start: `ring CONNECTION`, `runNow CONNECTION` or `license LICENSE`. */
  readonly rings: string[]
  /** What was logged, as text. */
  readonly logged: string[]
  /** Sends an operation; `token` is a person's. */
  ask(token: string | null, query: string, variables?: object): Promise<Answer>
  /** The same, and the value of the operation's one field. */
  get(token: string | null, query: string, variables?: object): Promise<Record<string, unknown>>
  signIn(email: string, password: string): Promise<string>
  close(): Promise<void>
}

export const operator = { email: 'operator@jumpring.example', password: 'operator-of-the-tests' }

export async function startWorld(): Promise<World> {
  const database = await freshDatabase()
  const folder = await mkdtemp(join(tmpdir(), 'jumpring-graphql-'))
  await createKeyFile(join(folder, 'keys.json'))
  const keyring = await openKeyring(join(folder, 'keys.json'))
  const db = openDatabase(database.appUrl)
  const owner = ownerPool(database, 2)
  const rings: string[] = []
  const logged: string[] = []
  const app = Fastify({ logger: { level: 'info', stream: { write: (line: string) => void logged.push(line) } } })
  await registerTokens(app, keyring)
  registerGraphql(app, {
    db,
    keyring,
    ring: async ({ connectionId }, bell) => void rings.push(`${bell} ${connectionId}`),
    ringLicense: async ({ licenseId }) => void rings.push(`license ${licenseId}`),
    signToken: (claims) => app.jwt.person.sign(claims),
    verifyToken: (token) => app.jwt.person.verify(token),
    maySignIn: (address) => address !== '203.0.113.9',
    publicUrl: 'https://cloud.jumpring.example',
    log: app.log,
  })
  await addPerson(owner, { ...operator, role: 'operator' })

  const ask: World['ask'] = async (token, query, variables = {}) => {
    const response = await app.inject({
      method: 'POST',
      url: '/graphql',
      headers: token === null ? {} : { authorization: `Bearer ${token}` },
      payload: { query, variables },
    })
    return answerSchema.parse(response.json())
  }
  const get: World['get'] = async (token, query, variables) => {
    const { data, errors } = await ask(token, query, variables)
    if (errors) throw new Error(errors.map((error) => error.message).join('; '))
    return z.record(z.string(), z.unknown()).parse(Object.values(data ?? {})[0])
  }
  return {
    db,
    keyring,
    owner,
    rings,
    logged,
    ask,
    get,
    signIn: async (email, password) => {
      const answer = await get(
        null,
        `mutation ($email: String!, $password: String!) { signIn(email: $email, password: $password) { ... on SignedIn { token } ... on Problem { code message } } }`,
        { email, password },
      )
      return z.object({ token: z.string() }).parse(answer).token
    },
    close: async () => {
      await app.close()
      await db.close()
      await owner.end()
      await database.drop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
