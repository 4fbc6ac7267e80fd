import { hash } from 'node:crypto'
import {
  faultsOf,
  fieldAt,
  JumpringError,
  lineNumberSchema,
  type RecordKind,
  type RejectLine,
  recordKindSchema,
  type UpsertLine,
  uplinkLineSchema,
} from '@jumpring/contracts'
import type { IngestLine, IngestReject, IngestUpsert } from '@jumpring/db'
import { z } from 'zod'
import { noText, storable } from '../input.ts'

/** Compiled: a good line is checked in an eighth of the time, a bad one goes on to the schema itself and gets its messages. */
const lineSchema = z.compile(uplinkLineSchema)

/**
 * Checks one line of an upload. A line that has a number but is otherwise wrong becomes a reject, and the rest goes on.
 * @throws `malformed_upload` when it is not even JSON with a number
 */
export function readLine(text: string): IngestLine {
  const json = parseJson(text)
  const line = lineSchema.safeParse(json)
  if (!line.success) return refusedLine(json, `The record cannot be taken: ${faultsOf(line.error, json)}.`)
  switch (line.data.op) {
    case 'upsert':
      return upsertOf(line.data)
    case 'reject':
      return rejectOf(line.data)
    case 'complete':
      return { n: line.data.n, op: 'complete', kind: line.data.kind }
  }
}

function upsertOf(line: UpsertLine): IngestUpsert | IngestReject {
  const payload = JSON.stringify(line.record)
  // The tests of all at once are quick; they also find a backslash that somebody wrote.
  const strange = payload.includes('\\u') && /\\u(0000|d[89a-f])/.test(payload) ? noText(line.record) : null
  if (strange)
    return refusedLine(line, `The record cannot be taken: ${fieldAt(strange)} has characters that are no text.`)
  return {
    n: line.n,
    op: 'upsert',
    kind: line.kind,
    key: line.key,
    payload,
    hash: hash('sha1', payload, 'base64'),
    at: Date.parse(line.at),
    bulk: line.bulk,
  }
}

function rejectOf(line: RejectLine): IngestReject {
  const key = line.key === null ? null : storable(line.key)
  return {
    n: line.n,
    op: 'reject',
    stage: 'agent',
    subject: key === null ? storable(line.where) : subjectOf(line.kind, key),
    kind: line.kind,
    key,
    code: line.code,
    message: storable(key === null ? line.message : `${line.message} (${line.where})`),
  }
}

const namedSchema = z.object({
  kind: recordKindSchema.nullable().catch(null),
  key: z.string().min(1).max(100).nullable().catch(null),
})

/** Records of two kinds may have the same key. */
function subjectOf(kind: RecordKind | null, key: string): string {
  return kind === null || kind === 'customer' ? key : `${kind} ${key}`
}

function refusedLine(json: unknown, message: string): IngestReject {
  const numbered = lineNumberSchema.safeParse(json)
  if (!numbered.success) throw new JumpringError('malformed_upload', 'A line of the upload has no number.')
  const { kind, key } = namedSchema.parse(numbered.data)
  const named = key === null ? null : storable(key)
  const subject = named === null ? `line ${numbered.data.n}` : subjectOf(kind, named)
  return {
    n: numbered.data.n,
    op: 'reject',
    stage: 'ingest',
    subject,
    kind,
    key: named,
    code: 'invalid_record',
    message,
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new JumpringError('malformed_upload', 'A line of the upload is not JSON.')
  }
}
