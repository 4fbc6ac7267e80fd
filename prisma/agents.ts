import { type EnrollAnswer, JumpringError, type Licensing, licenseKeySchema, platformSchema } from '@jumpring/contracts'
import { type Database, inScope, inTenant, type Sql } from './scope.ts'

/** An agent as its tokens name it. */
export interface AgentIdentity {
  readonly agentId: string
  readonly tenantId: string
  readonly sourceId: string
}

/**
 * Makes an agent of an enrollment code. Repeating it with the same code and key gives the same agent, also after the code's end.
 * @param request.codeHash SHA-256 of the code, hex
 * @throws `enrollment_refused`
 */
export async function enrollAgent(
  db: Database,
  request: { codeHash: string; publicKey: string; name: string; version: string },
): Promise<EnrollAnswer> {
  const tenantId = await inScope(db, { as: 'system' }, async (sql) => {
    const { rows } = await sql.query<{ tenant_id: string }>(
      'SELECT tenant_id FROM enrollment_code WHERE code_hash = $1',
      [request.codeHash],
    )
    return rows[0]?.tenant_id
  })
  if (tenantId === undefined) throw new JumpringError('enrollment_refused')
  return inTenant(db, tenantId, async (sql) => {
    const { rows } = await sql.query<EnrollmentRow>(
      `SELECT e.id, e.source_id, e.agent_id, e.expires_at > now() AS valid, s.name AS source, t.name AS tenant,
         EXISTS (SELECT FROM agent a WHERE a.id = e.agent_id AND a.public_key = $2 AND a.revoked_at IS NULL) AS repeated
       FROM enrollment_code e JOIN source s ON s.id = e.source_id JOIN tenant t ON t.id = e.tenant_id
       WHERE e.code_hash = $1 FOR UPDATE OF e`,
      [request.codeHash, request.publicKey],
    )
    const code = rows[0]
    if (!code) throw new JumpringError('enrollment_refused')
    const names = { tenant: code.tenant, source: code.source, licensing: await licensingOf(sql, tenantId) }
    if (code.agent_id !== null && code.repeated) return { agentId: code.agent_id, ...names }
    if (code.agent_id !== null || !code.valid) throw new JumpringError('enrollment_refused')
    return { agentId: await createAgent(sql, tenantId, code, request), ...names }
  })
}

interface EnrollmentRow {
  id: string
  source_id: string
  agent_id: string | null
  valid: boolean
  source: string
  tenant: string
  repeated: boolean
}

async function createAgent(
  sql: Sql,
  tenantId: string,
  code: EnrollmentRow,
  agent: { publicKey: string; name: string; version: string },
): Promise<string> {
  const { rows } = await sql.query<{ agent_id: string }>(
    `WITH made AS (
       INSERT INTO agent (tenant_id, source_id, name, public_key, version) VALUES ($1, $2, $3, $4, $5) RETURNING id
     )
     UPDATE enrollment_code SET agent_id = made.id FROM made WHERE enrollment_code.id = $6 RETURNING agent_id`,
    [tenantId, code.source_id, agent.name, agent.publicKey, agent.version, code.id],
  )
  if (!rows[0]) throw new Error('The enrollment code is gone.')
  return rows[0].agent_id
}

/** Who the agent is and the key it signs with (SPKI PEM); null when there is none or it was revoked. */
export function findAgent(db: Database, agentId: string): Promise<(AgentIdentity & { publicKey: string }) | null> {
  return inScope(db, { as: 'system' }, async (sql) => {
    const { rows } = await sql.query<{ tenant_id: string; source_id: string; public_key: string }>(
      'SELECT tenant_id, source_id, public_key FROM agent WHERE id = $1 AND revoked_at IS NULL',
      [agentId],
    )
    const row = rows[0]
    return row ? { agentId, tenantId: row.tenant_id, sourceId: row.source_id, publicKey: row.public_key } : null
  })
}

/** Where the cloud stands with an agent: contracts/uplink.ts Hello without the generation. */
export interface AgentPosition {
  readonly epoch: string | null
  readonly acked: number
  readonly tenant: string
  readonly source: string
}

/**
 * Notes that the agent is there (at most every 10 s) and tells where the cloud stands with it.
 * @throws `agent_unknown` when it is not, or was revoked
 */
export function meetAgent(db: Database, agent: AgentIdentity): Promise<AgentPosition> {
  return inTenant(db, agent.tenantId, async (sql) => {
    const { rows } = await sql.query<PositionRow>(
      `SELECT a.epoch, a.acked, s.name AS source, t.name AS tenant,
         a.last_seen_at IS NULL OR a.last_seen_at < now() - interval '10 seconds' AS stale
       FROM agent a JOIN source s ON s.id = a.source_id JOIN tenant t ON t.id = a.tenant_id
       WHERE a.id = $1 AND a.revoked_at IS NULL`,
      [agent.agentId],
    )
    const row = rows[0]
    if (!row) throw new JumpringError('agent_unknown')
    if (row.stale) await sql.query('UPDATE agent SET last_seen_at = now() WHERE id = $1', [agent.agentId])
    return { epoch: row.epoch, acked: Number(row.acked), tenant: row.tenant, source: row.source }
  })
}

/** What an agent has to know to judge a license by itself. `sql` is in the tenant's scope. */
export async function licensingOf(sql: Sql, tenantId: string): Promise<Licensing> {
  const keys = await sql.query<{ jwk: unknown }>('SELECT jwk FROM license_key ORDER BY added_at, kid')
  const platforms = await sql.query<{ platform: string }>('SELECT DISTINCT platform FROM connection ORDER BY platform')
  return {
    tenantId,
    platforms: platforms.rows.map((row) => platformSchema.parse(row.platform)),
    keys: keys.rows.map((row) => licenseKeySchema.parse(row.jwk)),
  }
}

interface PositionRow {
  epoch: string | null
  /** bigint */
  acked: string
  source: string
  tenant: string
  stale: boolean
}
