import { finished } from 'node:stream/promises'
import { from as copyFrom } from 'pg-copy-streams'
import type { Sql } from '../scope.ts'
import type { IngestUpsert } from './line.ts'

/** A line that differs from the cloud's copy. */
export interface Change {
  readonly line: IngestUpsert
  /** Whether there is a copy. */
  readonly known: boolean
}

/** Makes the table `staged`, once a session; each commit empties it. Statements of a transaction's opening. */
export const openStage = `CREATE TEMPORARY TABLE IF NOT EXISTS staged
  (i integer, known boolean, bulk boolean, at double precision, key text, hash text, payload text) ON COMMIT DELETE ROWS`

/**
 * Puts changes into `staged`, from where the other statements of the transaction take them. `i` counts from 0.
 * COPY is refused for tables with row-level security, and parameters cost three times as much as binary COPY.
 */
export async function stage(sql: Sql, changes: readonly Change[]): Promise<void> {
  const copy = sql.query(copyFrom('COPY staged FROM STDIN (FORMAT binary)'))
  copy.end(binaryRows(changes))
  await finished(copy)
}

/** Makes room for the next changes of the same transaction. */
export async function clearStage(sql: Sql): Promise<void> {
  await sql.query('DELETE FROM staged')
}

const signature = 'PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0'
/** Bytes of a row around its texts: the number of columns, seven lengths, and the values of i, known, bulk and at. */
const rowFrame = 2 + 7 * 4 + 4 + 1 + 1 + 8

/** PostgreSQL docs: COPY, "Binary Format": each value is its length and its bytes, numbers in network order. */
function binaryRows(changes: readonly Change[]): Buffer {
  const size = ({ line }: Change) =>
    rowFrame + Buffer.byteLength(line.key) + Buffer.byteLength(line.hash) + Buffer.byteLength(line.payload)
  const buffer = Buffer.allocUnsafe(changes.reduce((sum, change) => sum + size(change), signature.length + 2))
  let end = buffer.write(signature, 'latin1')
  const writeText = (text: string) => {
    const length = buffer.write(text, end + 4)
    end = buffer.writeInt32BE(length, end) + length
  }
  for (const [i, { line, known }] of changes.entries()) {
    end = buffer.writeInt16BE(7, end)
    end = buffer.writeInt32BE(i, buffer.writeInt32BE(4, end))
    end = buffer.writeInt8(known ? 1 : 0, buffer.writeInt32BE(1, end))
    end = buffer.writeInt8(line.bulk ? 1 : 0, buffer.writeInt32BE(1, end))
    end = buffer.writeDoubleBE(line.at, buffer.writeInt32BE(8, end))
    writeText(line.key)
    writeText(line.hash)
    writeText(line.payload)
  }
  return buffer.subarray(0, buffer.writeInt16BE(-1, end))
}
