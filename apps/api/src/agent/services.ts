import type { Database, Precedence } from '@jumpring/db'
import type { Doorbell } from '../doorbell.ts'

/** What the agents' side of the api needs from the rest of it. */
export interface AgentServices {
  readonly db: Database
  readonly ring: Doorbell['ring']
  readonly ringLicense: Doorbell['ringLicense']
  readonly precedence: Precedence
}
