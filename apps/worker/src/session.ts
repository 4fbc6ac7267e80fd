import type { RateLimit, Session } from '@jumpring/connector-kit'
import { inTenant, loadSecrets, saveSecrets } from '@jumpring/db'
import type { At } from './context.ts'
import type { Lease } from './lease.ts'

/** An open line to the connection's account; `limit` is what the platform last said of its rate limit. */
export interface Line {
  readonly session: Session
  /** The same line for the calls of a page: each is made only while the lease holds. Throws LeaseLost beside what a session throws. */
  under(lease: Pick<Lease, 'check'>): Session
  limit(): RateLimit | null
}

/** Opens a line. Tokens come from the stored secrets and are renewed by one worker at a time. */
export function openLine({ deps, connection, connector }: At): Line {
  let said: RateLimit | null = null
  // Asked for once, however many calls are made at once.
  let token: Promise<string> | null = null

  const renew = (rejected: string | null): Promise<string> =>
    inTenant(deps.db, connection.tenantId, async (sql) => {
      // The platform may take its time to answer, and nobody else is to ask for a token meanwhile.
      await sql.query(`SET LOCAL idle_in_transaction_session_timeout = '90s'`)
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

  // The token is the last thing that a call waits for before it leaves.
  const sessionThat = (mayCall: () => void) =>
    connector.openSession({
      baseUrl: connection.baseUrl,
      region: connection.region,
      timeoutMs: deps.platformPatienceMs,
      accessToken: async () => {
        token ??= renew(null)
        const current = await token
        mayCall()
        return current
      },
      renewToken: async (rejected) => {
        token = renew(rejected)
        const renewed = await token
        mayCall()
        return renewed
      },
      onRateLimit: (limit) => {
        said = limit
      },
    })
  return { session: sessionThat(() => {}), under: (lease) => sessionThat(lease.check), limit: () => said }
}
