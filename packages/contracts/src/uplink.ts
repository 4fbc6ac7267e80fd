import { z } from 'zod'
import { licensingSchema } from './license.ts'
import { type RecordKind, recordKindSchema, recordSchemas } from './records.ts'

/** Largest accepted line of an upload, in bytes of UTF-8. A customer with 40 phones and addresses has about 12 kB. */
export const maxLineBytes = 256 * 1024
/** Largest accepted upload, in bytes after decompression. */
export const maxUploadBytes = 64 * 1024 * 1024

const numbered = {
  /** Position in the agent's spool: 1, 2, 3, … without gaps within an epoch. */
  n: z.int().min(1),
  /** When the agent saw the change (UTC). */
  at: z.iso.datetime(),
}

const upsertOf = <Kind extends RecordKind, Key extends z.ZodType, Body extends z.ZodType>(
  kind: Kind,
  { key, record }: { readonly key: Key; readonly record: Body },
) =>
  z.strictObject({
    ...numbered,
    op: z.literal('upsert'),
    kind: z.literal(kind),
    key,
    /** Seen for the first time in a full export, or sent again as part of a snapshot: goes behind live changes. */
    bulk: z.boolean(),
    record,
  })

/** A record that is new or has changed, whole. */
export const upsertLineSchema = z.discriminatedUnion('kind', [
  upsertOf('customer', recordSchemas.customer),
  upsertOf('item', recordSchemas.item),
  upsertOf('saleLine', recordSchemas.saleLine),
  upsertOf('job', recordSchemas.job),
  upsertOf('appointment', recordSchemas.appointment),
  upsertOf('notification', recordSchemas.notification),
  upsertOf('wish', recordSchemas.wish),
  upsertOf('note', recordSchemas.note),
  upsertOf('acquisition', recordSchemas.acquisition),
])

/** A record, or a whole file, that the agent could not read. Holds no values of the record. */
export const rejectLineSchema = z.strictObject({
  ...numbered,
  op: z.literal('reject'),
  kind: recordKindSchema,
  /** The record's key where it could be read. */
  key: z.string().max(100).nullable(),
  code: z.enum(['invalid_record', 'unreadable_file']),
  message: z.string().min(1).max(1000),
  /** File name and position, for the person who looks. */
  where: z.string().max(300),
})

/**
 * "Every record of this kind that the store has shown stands before this line": sent after a full export was read, and after a snapshot.
 * Until the first one nobody is created in The Edge: whoever seems to be missing there may just not have come up yet.
 */
export const completeLineSchema = z.strictObject({ ...numbered, op: z.literal('complete'), kind: recordKindSchema })

export const uplinkLineSchema = z.discriminatedUnion('op', [upsertLineSchema, rejectLineSchema, completeLineSchema])
export type UpsertLine = z.infer<typeof upsertLineSchema>
export type CustomerLine = Extract<UpsertLine, { kind: 'customer' }>
export type RejectLine = z.infer<typeof rejectLineSchema>
export type CompleteLine = z.infer<typeof completeLineSchema>
export type UplinkLine = z.infer<typeof uplinkLineSchema>

/** What a line must at least have to be counted; the rest of a bad line goes to quarantine under its number. */
export const lineNumberSchema = z.looseObject({ n: z.int().min(1) })

/**
 * `POST /agent/uplink?epoch=UUID&generation=UUID`, body NDJSON of UplinkLine, content-encoding zstd (or identity), answered with 200 and this.
 * 409 with code `snapshot_needed` and the same body: a gap, a new generation or an unknown epoch that does not start at 1.
 */
export const uplinkAnswerSchema = z.object({
  generation: z.uuid(),
  epoch: z.uuid(),
  /** The highest number of this epoch that is durable in the cloud. */
  acked: z.int().min(0),
})
export type UplinkAnswer = z.infer<typeof uplinkAnswerSchema>

/** `GET /agent/hello`: where the cloud stands with this agent. `epoch` is null before the first upload. */
export const helloSchema = z.object({
  generation: z.uuid(),
  epoch: z.uuid().nullable(),
  acked: z.int().min(0),
  tenant: z.string(),
  source: z.string(),
  licensing: licensingSchema,
})
export type Hello = z.infer<typeof helloSchema>
