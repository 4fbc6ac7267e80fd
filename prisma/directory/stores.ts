import { createHash } from 'node:crypto'
import { JumpringError } from '@jumpring/contracts'
import type { Source, Store } from '../generated/client.ts'
import { type Database, inDirectory } from '../scope.ts'
import { conflictAs } from './conflict.ts'

export type { Source, Store }

export function listStores(db: Database, tenantId: string): Promise<Store[]> {
  return inDirectory(db, { as: 'tenant', tenantId }, (directory) =>
    directory.store.findMany({ orderBy: [{ number: 'asc' }, { id: 'asc' }] }),
  )
}

export function listSources(db: Database, tenantId: string): Promise<Source[]> {
  return inDirectory(db, { as: 'tenant', tenantId }, (directory) =>
    directory.source.findMany({ orderBy: [{ name: 'asc' }] }),
  )
}

/** What the directory shows of an agent. */
export interface AgentSeen {
  readonly id: string
  readonly sourceId: string
  readonly name: string
  readonly version: string
  readonly lastSeenAt: Date | null
  readonly revokedAt: Date | null
  readonly createdAt: Date
}

export function listAgents(db: Database, tenantId: string): Promise<AgentSeen[]> {
  return inDirectory(db, { as: 'tenant', tenantId }, (directory) =>
    directory.agent.findMany({
      select: {
        id: true,
        sourceId: true,
        name: true,
        version: true,
        lastSeenAt: true,
        revokedAt: true,
        createdAt: true,
      },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    }),
  )
}

/**
 * Adds a shop to a source that is there, or to a new source.
 * @throws `not_found` when the tenant has no such source, `conflict` when the source has a store of this number or the tenant
 * a source of this name or store license id
 */
export function createStore(
  db: Database,
  tenantId: string,
  store: {
    number: string
    name: string
    source: { id: string } | { name: string; storeLicenseId?: string | undefined }
  },
): Promise<Store> {
  return conflictAs(
    'There is a store of this number in the source, or a source of this name or store license id, already.',
    () =>
      inDirectory(db, { as: 'tenant', tenantId }, async (directory) => {
        const source =
          'id' in store.source
            ? await directory.source.findUnique({ where: { id: store.source.id } })
            : await directory.source.create({
                data: { tenantId, name: store.source.name, storeLicenseId: store.source.storeLicenseId ?? null },
              })
        if (source === null) throw new JumpringError('not_found', 'The tenant has no such source.')
        return directory.store.create({
          data: { tenantId, sourceId: source.id, number: store.number, name: store.name },
        })
      }),
  )
}

/**
 * Says which store license id a source's Edge has. Licenses that were issued for another are refused from then on.
 * @throws `not_found` when the tenant has no such source, `conflict` when another of its sources has this id
 */
export function setStoreLicenseId(
  db: Database,
  tenantId: string,
  source: { id: string; storeLicenseId: string },
): Promise<Source> {
  return conflictAs('Another source of the tenant has this store license id.', () =>
    inDirectory(db, { as: 'tenant', tenantId }, async (directory) => {
      const { count } = await directory.source.updateMany({
        where: { id: source.id },
        data: { storeLicenseId: source.storeLicenseId },
      })
      const changed = count === 0 ? null : await directory.source.findUnique({ where: { id: source.id } })
      if (changed === null) throw new JumpringError('not_found', 'The tenant has no such source.')
      return changed
    }),
  )
}

/** The form in which an enrollment code is kept: SHA-256, hex, of the code without separators and in upper case, as people copy it. */
export function hashEnrollmentCode(code: string): string {
  return createHash('sha256')
    .update(code.toUpperCase().replaceAll(/[^A-Z0-9]/g, ''))
    .digest('hex')
}

/** @throws `not_found` when the tenant has no such source */
export async function createEnrollmentCode(
  db: Database,
  tenantId: string,
  code: { sourceId: string; codeHash: string; expiresAt: Date },
): Promise<void> {
  await inDirectory(db, { as: 'tenant', tenantId }, async (directory) => {
    const source = await directory.source.findUnique({ where: { id: code.sourceId } })
    if (source === null) throw new JumpringError('not_found', 'The tenant has no such source.')
    await directory.enrollmentCode.create({ data: { tenantId, ...code } })
  })
}
