import { isUtf8 } from 'node:buffer'
import { faultsOf, type RecordKind } from '@jumpring/contracts'
import { z } from 'zod'
import type { Unreadable } from '../store/reading.ts'
import { type Scalar, scalarSchema, text } from './values.ts'

/** The named fields of a record, by the names that they have here. */
export type Fields<Name extends string> = { readonly [Field in Name]?: Scalar }

/**
 * Reads the named fields of an object, in whatever case their names are written, and drops every other (AG-04): what a mapping does not
 * name cannot leave the store.
 */
export function fieldsSchema<Name extends string>(names: readonly Name[]) {
  const byName = new Map(names.map((name) => [name.toLowerCase(), name]))
  return z.record(z.string(), z.unknown()).transform((object): Fields<Name> => {
    const fields: { [Field in Name]?: Scalar } = {}
    for (const [written, value] of Object.entries(object)) {
      const name = byName.get(written.toLowerCase())
      if (name !== undefined) fields[name] = scalarSchema.parse(value) ?? null
    }
    return fields
  })
}

/** A list inside a record: `[{ Key, PairValue }]`. What is no such list counts as empty. */
export function childrenSchema<Name extends string>(names: readonly Name[]) {
  const entry = z.object({ PairValue: fieldsSchema(names) }).transform(({ PairValue }) => PairValue)
  return z.array(entry).catch([])
}

const windows1252 = new TextDecoder('windows-1252')

/** Bytes that are not UTF-8 are taken for the code page of a Windows server in the Americas (our assumption). */
export function parseJson(bytes: Buffer): unknown {
  try {
    const json: unknown = JSON.parse(isUtf8(bytes) ? bytes.toString('utf8') : windows1252.decode(bytes))
    return json
  } catch {
    return undefined
  }
}

/** The record of an export: EDT's `{ Key, PairValue }`. `Key` as text, where there is one. */
export interface EdtRecord<Pair> {
  readonly rawKey: string | undefined
  readonly pair: Pair
}

/** Parses one record; `pair` says what is read of its PairValue. */
export function parseRecord<Pair>(bytes: Buffer, pair: z.ZodType<Pair>): EdtRecord<Pair> | Unreadable {
  const json = parseJson(bytes)
  if (json === undefined) return { key: null, message: 'The record is not valid JSON.' }
  const record = z.object({ Key: scalarSchema, PairValue: pair }).safeParse(json)
  if (!record.success) return { key: null, message: describe(record.error, json) }
  return { rawKey: text(record.data.Key), pair: record.data.PairValue }
}

/** Whom a record is about: its number in one width, and as The Edge wrote it. */
export interface Named<Kind extends RecordKind> {
  readonly kind: Kind
  readonly key: string
  readonly rawKey: string
}

/**
 * The record, unless it has faults or is not of the schema.
 * @param faults sentences that name fields, never values
 */
export function checked<Kind extends RecordKind, Body>(
  named: Named<Kind>,
  schema: z.ZodType<Body>,
  record: unknown,
  faults: readonly string[],
): (Named<Kind> & { readonly record: Body }) | Unreadable {
  const { key } = named
  if (faults.length > 0) return { key, message: faults.join(' ') }
  const parsed = schema.safeParse(record)
  return parsed.success ? { ...named, record: parsed.data } : { key, message: describe(parsed.error, record) }
}

/** A sentence for the person who looks; holds no value of the record. */
export function describe(error: z.ZodError, input: unknown): string {
  return `The record cannot be taken: ${faultsOf(error, input)}.`.slice(0, 1000)
}

type Filled<Value> = { [Name in keyof Value]?: Exclude<Value[Name], undefined> }

/** The object without the fields that have no value. */
export function withoutGaps<Value extends Record<string, unknown>>(value: Value): Filled<Value> {
  const filled: Filled<Value> = {}
  for (const name in value) if (value[name] !== undefined) Object.assign(filled, { [name]: value[name] })
  return filled
}
