import { JumpringError } from '@jumpring/contracts'
import { z } from 'zod'
import type { Keyring } from './keyring.ts'
import type { Sql } from './scope.ts'

/** What a connection keeps secret. */
export interface ConnectionSecrets {
  /** The account on the platform, as the connector's `parseSecrets` returned it; only the connector reads it. */
  readonly account: Readonly<Record<string, unknown>>
  /** Signs the platform's webhooks to us. */
  readonly webhookSecret: string
}

const secretsSchema = z.strictObject({ account: z.record(z.string(), z.unknown()), webhookSecret: z.string().min(1) })

/** Encrypts and stores a connection's secrets in place of the old ones. `sql` is in the tenant's scope. */
export async function saveSecrets(
  sql: Sql,
  keyring: Keyring,
  connection: { readonly tenantId: string; readonly connectionId: string },
  secrets: ConnectionSecrets,
): Promise<void> {
  const { keyId, ciphertext } = await keyring.encrypt(Buffer.from(JSON.stringify(secrets)), connection.connectionId)
  await sql.query(
    `INSERT INTO credential (connection_id, tenant_id, key_id, ciphertext) VALUES ($1, $2, $3, $4)
     ON CONFLICT (connection_id) DO UPDATE SET key_id = excluded.key_id, ciphertext = excluded.ciphertext, updated_at = now()`,
    [connection.connectionId, connection.tenantId, keyId, ciphertext],
  )
}

/**
 * A connection's secrets. `sql` is in the tenant's scope.
 * @param options.lock others who ask with `lock` wait until this transaction ends: one renews a token, the rest find it renewed
 * @throws `configuration` where there are none or their key is gone
 */
export async function loadSecrets(
  sql: Sql,
  keyring: Keyring,
  connectionId: string,
  options: { lock?: boolean } = {},
): Promise<ConnectionSecrets> {
  const { rows } = await sql.query<{ key_id: string; ciphertext: Buffer }>(
    `SELECT key_id, ciphertext FROM credential WHERE connection_id = $1 ${options.lock ? 'FOR UPDATE' : ''}`,
    [connectionId],
  )
  const row = rows[0]
  if (row === undefined) throw new JumpringError('configuration', 'The connection has no credentials.')
  const plaintext = await keyring.decrypt({ keyId: row.key_id, ciphertext: row.ciphertext }, connectionId)
  return secretsSchema.parse(JSON.parse(plaintext.toString()))
}
