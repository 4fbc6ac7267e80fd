import { hash } from 'node:crypto'
import type { RecordKind, RecordOf } from '@jumpring/contracts'
import type { MethodLists } from '../edt/method-lists.ts'

/** A record of The Edge, read. `rawKey` is the key as The Edge wrote it, `key` its normal form. */
export type ReadOf<Kind extends RecordKind> = {
  readonly kind: Kind
  readonly key: string
  readonly rawKey: string
  readonly record: RecordOf<Kind>
} & (Kind extends 'customer' ? { readonly lists: MethodLists } : unknown)
export type ReadRecord = { [Kind in RecordKind]: ReadOf<Kind> }[RecordKind]
export type ReadCustomer = ReadOf<'customer'>

/** A record that cannot be read. `message` is a sentence that names fields, never values; `key` null where it has none. */
export interface Unreadable {
  readonly key: string | null
  readonly message: string
}

/** A record as a source shows it. Reading it is left until it is known to differ from what was last shown. */
export interface Shown {
  /** Of all that the source read of it, see `digestOf`. */
  readonly digest: string
  read(): ReadRecord | Unreadable
  /** Where it stands, for the person who looks for what could not be read: file and position, or table and key. */
  where(): string
}

/** SHA-1 as 20 latin1 characters, one a byte. */
export function digestOf(bytes: Buffer | string): string {
  return hash('sha1', bytes, 'binary')
}
