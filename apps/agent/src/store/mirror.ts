import type { DatabaseSync } from 'node:sqlite'
import { type Customer, customerSchema } from '@jumpring/contracts'
import { methodsOf } from '@jumpring/sync'
import { z } from 'zod'
import { type MethodLists, mappingVersion, methodListsSchema, type ReadCustomer } from '../edt/mapping.ts'
import { HashSet } from './hash-set.ts'

const kind = 'customer'
/** Hashes come out of the database in pages of so many rows. */
const hashPage = 10_000

const entrySchema = z
  .object({ raw_hash: z.string(), mapping_version: z.int(), payload: z.string().nullable(), rejected: z.int() })
  .transform((row) => ({
    rawHash: row.raw_hash,
    mappingVersion: row.mapping_version,
    payload: row.payload,
    rejected: row.rejected === 1,
  }))
/** What the diff compares with: the record as it was last read. */
export type MirrorEntry = z.infer<typeof entrySchema>

/** A customer of the mirror as a command needs it. `rawKey` as The Edge wrote it. */
export interface MirrorCustomer {
  readonly key: string
  readonly rawKey: string
  readonly customer: Customer
  readonly lists: MethodLists
}

const customerRowSchema = z.object({ key: z.string(), raw_key: z.string(), payload: z.string(), lists: z.string() })
const payloadRowSchema = z.object({ key: z.string(), payload: z.string() })
const keyRowSchema = z.object({ key: z.string() })

/** The store's customers as they were last read. */
export class Mirror {
  private readonly region: string
  private readonly statements

  /** @param region country of phone numbers without a country code */
  constructor(db: DatabaseSync, region: string) {
    this.region = region
    const whole = `SELECT key, raw_key, payload, lists FROM mirror WHERE kind = '${kind}' AND payload IS NOT NULL`
    this.statements = {
      find: db.prepare(
        `SELECT raw_hash, mapping_version, payload, rejected FROM mirror WHERE kind = '${kind}' AND key = ?`,
      ),
      last: db.prepare('SELECT ifnull(max(rowid), 0) AS last FROM mirror'),
      hashes: db.prepare(
        `SELECT group_concat(raw_hash, '') AS hashes FROM mirror WHERE kind = '${kind}' AND mapping_version = ? AND rowid >= ? AND rowid < ?`,
      ),
      put: db.prepare(
        `INSERT INTO mirror VALUES ('${kind}', ?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT (kind, key) DO UPDATE SET
           raw_key = excluded.raw_key, raw_hash = excluded.raw_hash, mapping_version = excluded.mapping_version,
           payload = excluded.payload, lists = excluded.lists, web_id = excluded.web_id, rejected = 0`,
      ),
      reject: db.prepare(
        `INSERT INTO mirror VALUES ('${kind}', ?, NULL, ?, ?, NULL, NULL, NULL, 1) ON CONFLICT (kind, key) DO UPDATE SET
           raw_hash = excluded.raw_hash, mapping_version = excluded.mapping_version, rejected = 1`,
      ),
      payloads: db.prepare(`SELECT key, payload FROM mirror WHERE kind = '${kind}' AND payload IS NOT NULL`),
      forgetIdentifiers: db.prepare('DELETE FROM mirror_identifier WHERE key = ?'),
      forgetAllIdentifiers: db.prepare('DELETE FROM mirror_identifier'),
      putIdentifier: db.prepare('INSERT OR IGNORE INTO mirror_identifier VALUES (?, ?)'),
      customer: db.prepare(`${whole} AND key = ?`),
      byWebId: db.prepare(`${whole} AND web_id = ? ORDER BY key`),
      byIdentifier: db.prepare('SELECT key FROM mirror_identifier WHERE value = ? ORDER BY key'),
    }
  }

  find(key: string): MirrorEntry | undefined {
    const row = this.statements.find.get(key)
    return row === undefined ? undefined : entrySchema.parse(row)
  }

  /** Hashes of all records as they stand, of those that were read with the present mapping. */
  currentHashes(): HashSet {
    const hashes = new HashSet()
    const last = z.object({ last: z.int() }).parse(this.statements.last.get()).last
    for (let from = 0; from <= last; from += hashPage) {
      const row = this.statements.hashes.get(mappingVersion, from, from + hashPage)
      hashes.addAll(Buffer.from(z.string().nullish().parse(row?.hashes) ?? '', 'hex'))
    }
    return hashes
  }

  put(read: ReadCustomer, rawHash: string, payload: string): void {
    const { key, rawKey, customer, lists } = read
    this.statements.put.run(
      key,
      rawKey,
      rawHash,
      mappingVersion,
      payload,
      JSON.stringify(lists),
      customer.webId ?? null,
    )
    this.statements.forgetIdentifiers.run(key)
    this.putIdentifiers(key, customer)
  }

  /** Derives anew who holds which phone or e-mail: for another region, whose numbers read otherwise. Call inside a transaction. */
  reindex(): void {
    this.statements.forgetAllIdentifiers.run()
    for (const row of this.statements.payloads.iterate()) {
      const { key, payload } = payloadRowSchema.parse(row)
      this.putIdentifiers(key, customerSchema.parse(JSON.parse(payload)))
    }
  }

  private putIdentifiers(key: string, customer: Customer): void {
    const { phones, emails } = methodsOf(customer, this.region)
    for (const value of [...phones, ...emails]) this.statements.putIdentifier.run(value, key)
  }

  /** The record under `key` now stands there in a form that cannot be read; what was known of it stays. */
  reject(key: string, rawHash: string): void {
    this.statements.reject.run(key, rawHash, mappingVersion)
  }

  customer(key: string): MirrorCustomer | undefined {
    return readCustomerRow(this.statements.customer.get(key))
  }

  customerByWebId(webId: string): MirrorCustomer | undefined {
    return readCustomerRow(this.statements.byWebId.get(webId))
  }

  /** All customers with this phone (E.164) or e-mail (normalized), in the order of their keys. */
  customersWith(value: string): MirrorCustomer[] {
    const keys = z.array(keyRowSchema).parse(this.statements.byIdentifier.all(value))
    return keys.flatMap(({ key }) => this.customer(key) ?? [])
  }
}

function readCustomerRow(row: unknown): MirrorCustomer | undefined {
  if (row === undefined) return undefined
  const { key, raw_key, payload, lists } = customerRowSchema.parse(row)
  return {
    key,
    rawKey: raw_key,
    customer: customerSchema.parse(JSON.parse(payload)),
    lists: methodListsSchema.parse(JSON.parse(lists)),
  }
}
