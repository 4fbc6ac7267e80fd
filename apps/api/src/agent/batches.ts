import { PassThrough, type Readable, type Transform } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { createZstdDecompress } from 'node:zlib'
import { JumpringError, maxLineBytes, maxUploadBytes } from '@jumpring/contracts'
import { type Batch, batchOf, type IngestLine } from '@jumpring/db'
import { readLine } from './read-line.ts'

/** A batch is one transaction: large enough to be cheap per line, small enough to be over soon. */
const batchLines = 2000
/** The first one is small, and each next as large as all before it: the writing, which takes longer than the reading, begins soon. */
const firstBatchLines = 500
/** In UTF-16 units. */
const batchSize = 8 * 1024 * 1024
/** While others have something to write: soon over. */
const considerateLines = 250
/** Lines that are read in one go, under a millisecond of work. */
const burstLines = 64

/**
 * The lines of an upload, in batches, as they come in.
 * @param encoding the content-encoding: zstd, or identity
 * @param isConsiderate whether batches are to be small now
 * @throws `too_large`, `malformed_upload`, `invalid_input` (another encoding)
 */
export async function* readBatches(
  body: Readable,
  encoding: string,
  isConsiderate: () => boolean = () => false,
): AsyncGenerator<Batch> {
  let batch: IngestLine[] = []
  let size = 0
  let lines = 0
  let enough = firstBatchLines
  for await (const texts of readTexts(decompressed(body, encoding))) {
    for (const text of texts) {
      if (isTooLong(text)) throw new JumpringError('too_large', 'A line of the upload is too long.')
      batch.push(readLine(text))
      size += text.length
      lines += 1
      if (lines % burstLines === 0) {
        // A batch that is being written waits for its next statement, and others for their answers.
        await setImmediate()
        enough = isConsiderate() ? considerateLines : wanted(lines - batch.length)
      }
      if (batch.length < enough && size < batchSize) continue
      yield batchOf(batch)
      batch = []
      size = 0
    }
  }
  if (batch.length > 0) yield batchOf(batch)
}

/** No UTF-16 unit has more than three bytes in UTF-8: of most lines their length says enough. */
const isTooLong = (text: string) => text.length * 3 > maxLineBytes && Buffer.byteLength(text) > maxLineBytes

const wanted = (before: number) => Math.min(batchLines, Math.max(firstBatchLines, before))

function decompressed(body: Readable, encoding: string): Readable {
  const plain = decoderOf(encoding)
  // Not `pipeline`, nor the body itself: a failure would end the connection before the answer is out.
  body.once('error', (error) => plain.destroy(error))
  body.once('close', () => {
    if (!body.readableEnded) plain.destroy(new Error('The upload was cut.'))
  })
  return body.pipe(plain)
}

function decoderOf(encoding: string): Transform {
  if (encoding === 'identity') return new PassThrough()
  if (encoding === 'zstd') return createZstdDecompress({ chunkSize: 64 * 1024 })
  throw new JumpringError('invalid_input', 'The content-encoding must be zstd or identity.')
}

const newline = 0x0a

/** The texts of whole lines, a chunk's worth at a time. */
async function* readTexts(plain: Readable): AsyncGenerator<string[]> {
  let total = 0
  let rest: Buffer[] = []
  let restBytes = 0
  for await (const chunk of chunksOf(plain)) {
    total += chunk.length
    if (total > maxUploadBytes) throw new JumpringError('too_large')
    const end = chunk.lastIndexOf(newline)
    rest.push(end < 0 ? chunk : chunk.subarray(0, end))
    restBytes += end < 0 ? chunk.length : end
    if (end >= 0) {
      yield Buffer.concat(rest).toString('utf8').split('\n')
      rest = [chunk.subarray(end + 1)]
      restBytes = chunk.length - end - 1
    }
    if (restBytes > maxLineBytes) throw new JumpringError('too_large', 'A line of the upload is too long.')
  }
  if (restBytes > 0) yield [Buffer.concat(rest).toString('utf8')]
}

/** The chunks of a stream; what breaks it is a malformed upload (cut, or no zstd). */
async function* chunksOf(plain: Readable): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of plain) yield chunk
  } catch (cause) {
    if (cause instanceof JumpringError) throw cause
    throw new JumpringError('malformed_upload', 'The upload was cut or could not be decompressed.', { cause })
  }
}
