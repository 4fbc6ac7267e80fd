import type { GraphqlServices } from './services.ts'
import { personClaimsSchema, type Viewer } from './viewer.ts'

/** What every resolver gets. */
export interface Context extends GraphqlServices {
  readonly viewer: Viewer | null
  /** Where the request came from. */
  readonly address: string
}

/** Who the authorization header says is asking; null without a token, and with one that does not hold. */
export async function viewerOf(services: GraphqlServices, authorization: string | null): Promise<Viewer | null> {
  const token = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1]
  if (token === undefined) return null
  try {
    return personClaimsSchema.parse(await services.verifyToken(token))
  } catch {
    return null
  }
}
