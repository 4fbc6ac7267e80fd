import type { RateLimit, Session } from '@jumpring/connector-kit'
import { inTenant, loadSecrets, saveSecrets } from '@jumpring/db'
import type { At } from './context.ts'

/** An open line to the connection's account; `limit` is what the platform last said of its rate limit. */
export interface Line {
  readonly session: Session
  limit(): RateLimit | null
}

/** Opens a line. Tokens come from the stored secrets and are renewed by one worker at a time. */
export function openLine({ deps, connection, connector }: At): Line {
  let said: RateLimit | null = null
  // Asked for once, however many calls are made at once.
  let token: Promise<string> | null = null

  const renew = (rejected: string | null): Promise<string> =>
    inTenant(deps.db, connection.tenantId, async (sql) => {
      const secrets = await loadSecrets(sql, deps.keyring, connection.id, { lock: true })
      const current = connector.currentToken(secrets.account, new Date())
      // Another worker has renewed it while we waited for the lock.
      if (current !== null && current !== rejected) return current
      const account = await connector.renewSecrets(secrets.account, connection.baseUrl, new Date())
      await saveSecrets(
        sql,
        deps.keyring,
        { tenantId: connection.tenantId, connectionId: connection.id },
        { ...secrets, account },
      )
      const renewed = connector.currentToken(account, new Date())
      if (renewed === null) throw new Error('A renewed token is not valid.')
      return renewed
    })

  const session = connector.openSession({
    baseUrl: connection.baseUrl,
    region: connection.region,
    timeoutMs: 15_000,
    accessToken: () => {
      token ??= renew(null)
      return token
    },
    renewToken: (rejected) => {
      token = renew(rejected)
      return token
    },
    onRateLimit: (limit) => {
      said = limit
    },
  })
  return { session, limit: () => said }
}
