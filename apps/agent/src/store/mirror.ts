import type { DatabaseSync } from 'node:sqlite'
import { type Customer, customerSchema, type RecordKind } from '@jumpring/contracts'
import { methodsOf } from '@jumpring/sync'
import { z } from 'zod'
import { type MethodLists, methodListsSchema } from '../edt/method-lists.ts'
import { HashSet } from './hash-set.ts'
import type { ReadRecord } from './reading.ts'

/** Hashes come out of the database in pages of so many rows. */
const hashPage = 1_000

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

/** What a record was read from, and by which mapping. `rawHash`: SHA-1, hexadecimal. */
export interface Origin {
  readonly rawHash: string
  readonly mappingVersion: number
}

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

/** The store's records as they were last read. Of customers it also knows by which phones, e-mails and ids they are found. */
export class Mirror {
  private readonly region: string
  private readonly statements

  /** @param region country of phone numbers without a country code */
  constructor(db: DatabaseSync, region: string) {
    this.region = region
    const whole = `SELECT key, raw_key, payload, lists FROM mirror WHERE kind = 'customer' AND payload IS NOT NULL`
    this.statements = {
      find: db.prepare('SELECT raw_hash, mapping_version, payload, rejected FROM mirror WHERE kind = ? AND key = ?'),
      rawKey: db.prepare('SELECT raw_key FROM mirror WHERE kind = ? AND key = ?'),
      holds: db.prepare('SELECT 1 FROM mirror WHERE kind = ? LIMIT 1'),
      count: db.prepare('SELECT count(*) AS n FROM mirror WHERE kind = ?'),
      last: db.prepare('SELECT ifnull(max(rowid), 0) AS last FROM mirror'),
      // The plus: by rowid, not by the index of kinds, which would be run through once a page.
      hashes: db.prepare(
        `SELECT group_concat(raw_hash, '') AS hashes FROM mirror
         WHERE +kind = ? AND mapping_version = ? AND rowid >= ? AND rowid < ?`,
      ),
      put: db.prepare(
        `INSERT INTO mirror VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT (kind, key) DO UPDATE SET
           raw_key = excluded.raw_key, raw_hash = excluded.raw_hash, mapping_version = excluded.mapping_version,
           payload = excluded.payload, lists = excluded.lists, web_id = excluded.web_id, rejected = 0`,
      ),
      reject: db.prepare(
        `INSERT INTO mirror VALUES (?, ?, NULL, ?, ?, NULL, NULL, NULL, 1) ON CONFLICT (kind, key) DO UPDATE SET
           raw_hash = excluded.raw_hash, mapping_version = excluded.mapping_version, rejected = 1`,
      ),
      payloads: db.prepare(`SELECT key, payload FROM mirror WHERE kind = 'customer' AND payload IS NOT NULL`),
      forgetIdentifiers: db.prepare('DELETE FROM mirror_identifier WHERE key = ?'),
      forgetAllIdentifiers: db.prepare('DELETE FROM mirror_identifier'),
      putIdentifier: db.prepare('INSERT OR IGNORE INTO mirror_identifier VALUES (?, ?)'),
      customer: db.prepare(`${whole} AND key = ?`),
      byWebId: db.prepare(`${whole} AND web_id = ? ORDER BY key`),
      successor: db.prepare(
        `SELECT raw_key FROM mirror WHERE kind = 'customer' AND payload ->> 'oldKey' = ? ORDER BY key LIMIT 1`,
      ),
      byIdentifier: db.prepare('SELECT key FROM mirror_identifier WHERE value = ? ORDER BY key'),
    }
  }

  find(kind: RecordKind, key: string): MirrorEntry | undefined {
    const row = this.statements.find.get(kind, key)
    return row === undefined ? undefined : entrySchema.parse(row)
  }

  /** A record's key as The Edge wrote it. */
  rawKey(kind: RecordKind, key: string): string | undefined {
    return z.string().nullish().parse(this.statements.rawKey.get(kind, key)?.raw_key) ?? undefined
  }

  /** The customer, by its key as The Edge wrote it, into which this one was merged. */
  successorOf(key: string): string | undefined {
    return z.string().nullish().parse(this.statements.successor.get(key)?.raw_key) ?? undefined
  }

  /** Whether there is any record of the kind. */
  holds(kind: RecordKind): boolean {
    return this.statements.holds.get(kind) !== undefined
  }

  /** Hashes of all records of a kind as they stand, of those that were read by this mapping. */
  currentHashes(kind: RecordKind, mappingVersion: number): HashSet {
    const hashes = new HashSet(z.object({ n: z.int() }).parse(this.statements.count.get(kind)).n)
    const last = z.object({ last: z.int() }).parse(this.statements.last.get()).last
    for (let from = 0; from <= last; from += hashPage) {
      const row = this.statements.hashes.get(kind, mappingVersion, from, from + hashPage)
      hashes.addAll(Buffer.from(z.string().nullish().parse(row?.hashes) ?? '', 'hex'))
    }
    return hashes
  }

  /** @param origin with the record as JSON */
  put(read: ReadRecord, { rawHash, mappingVersion, payload }: Origin & { readonly payload: string }): void {
    const { kind, key, rawKey } = read
    const [lists, webId] =
      read.kind === 'customer' ? [JSON.stringify(read.lists), read.record.webId ?? null] : [null, null]
    this.statements.put.run(kind, key, rawKey, rawHash, mappingVersion, payload, lists, webId)
    if (read.kind !== 'customer') return
    this.statements.forgetIdentifiers.run(key)
    this.putIdentifiers(key, read.record)
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
  reject(kind: RecordKind, key: string, { rawHash, mappingVersion }: Origin): void {
    this.statements.reject.run(kind, key, rawHash, mappingVersion)
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
