import { isSpace, JsonStructure } from './structure.ts'

const quote = 0x22
const backslash = 0x5c
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d
const byteOrderMark = [0xef, 0xbb, 0xbf]
/** Given for an element that is no record and whose bytes nobody needs: a number, a text. */
export const noRecord = Buffer.from('null')

/** No record of The Edge comes near these; a file that claims one is not JSON of the expected form. Our assumption. */
const maxRecordBytes = 16 * 1024 * 1024
const maxDepth = 30

/**
 * `open`: the JSON has not ended yet. `closed`: it has, cleanly. `malformed`: it cannot become the expected document any more. `other`: it has
 * ended and holds something, but not the list.
 */
export type ScanOutcome = 'open' | 'closed' | 'malformed' | 'other'

/** `record` is valid until the callback returns: it may be a window into the chunk. */
export type OnRecord = (record: Buffer) => void

/**
 * Finds what stands in the top-level array of a name, or the objects in all top-level arrays, of a JSON document without parsing it.
 * EDT: `{ "Customers": [ { "Key": …, "PairValue": { … } } ] }`; the array's name is compared without regard to case.
 * Feed it the file in chunks of any size. What is inside a record is not judged, only where it ends. Zeros are what a slow copy has
 * not written yet: what follows them does not count.
 */
export class RecordScanner {
  private readonly listName: string | null
  private readonly onRecord: OnRecord
  private readonly frame = new JsonStructure()
  private seen = 0
  private broken = false
  /** Met a zero. */
  private unwritten = false
  private inList = false
  private metList = false
  private metOther = false
  private inRecord = false
  /** In an element of the list that can be no record. */
  private inStray = false
  // of the record
  private depth = 0
  /** A bit an open bracket, the innermost lowest: 1 where it is square. */
  private square = 0
  private inString = false
  private escaped = false
  private pieces: Buffer[] = []
  private pieceBytes = 0

  /** @param listName null: of whatever name */
  constructor(listName: string | null, onRecord: OnRecord) {
    this.listName = listName === null ? null : listName.toLowerCase()
    this.onRecord = onRecord
  }

  /** What the document looks like, taking all that was pushed for all there is. */
  get outcome(): ScanOutcome {
    if (this.broken || (this.inRecord && !isBeginning(this.pieces))) return 'malformed'
    if (!this.frame.ended) return 'open'
    return this.metOther && !this.metList ? 'other' : 'closed'
  }

  push(chunk: Buffer): void {
    let at = 0
    let recordStart = 0
    while (at < chunk.length && !this.broken && !this.unwritten) {
      if (this.inRecord) {
        at = this.skipRecord(chunk, at)
        if (this.inRecord) break
        this.emit(chunk.subarray(recordStart, at))
      } else {
        this.step(chunk[at] ?? 0)
        if (this.inRecord) recordStart = at
        at += 1
      }
    }
    if (this.inRecord) this.keep(chunk.subarray(recordStart))
  }

  /** Runs to the end of the record or of the chunk and returns where it stopped. The hot loop: it sees nearly every byte of the file. */
  private skipRecord(chunk: Buffer, from: number): number {
    let at = this.inString ? this.skipString(chunk, from) : from
    let { depth, square } = this
    while (at < chunk.length) {
      const byte = chunk[at]
      at += 1
      if (byte === quote) at = this.skipString(chunk, at)
      else if (byte === openBrace || byte === openBracket) {
        depth += 1
        square = (square << 1) | (byte === openBracket ? 1 : 0)
        if (depth > maxDepth) this.broken = true
      } else if (byte === closeBrace || byte === closeBracket) {
        if ((square & 1) !== (byte === closeBracket ? 1 : 0)) this.broken = true
        depth -= 1
        square >>>= 1
        if (depth === 0) {
          this.inRecord = false
          break
        }
      }
    }
    this.depth = depth
    this.square = square
    return Math.min(at, chunk.length)
  }

  /** Runs to the end of the string or of the chunk. */
  private skipString(chunk: Buffer, from: number): number {
    const end = chunk.length
    let at = this.escaped ? from + 1 : from
    let byte = chunk[at]
    while (at < end && byte !== quote) {
      at += byte === backslash ? 2 : 1
      byte = chunk[at]
    }
    this.inString = at >= end
    this.escaped = at > end
    return at + 1
  }

  /** One byte outside the records: the frame of the document, and whatever else stands in it. */
  private step(byte: number): void {
    const position = this.seen
    this.seen += 1
    const { frame } = this
    if (byte === 0) {
      this.unwritten = !frame.ended
      return
    }
    if (position < 3 && byte === byteOrderMark[position]) return
    const depth = frame.depth
    const beginsElement = this.inList && depth === 2 && frame.mayBeginValue
    // Where the list's name is not known, what holds no objects may be no list of records at all.
    const named = this.listName !== null
    if (beginsElement && (byte === openBrace || (named && byte === openBracket))) {
      this.inRecord = true
      this.depth = 1
      this.square = byte === openBracket ? 1 : 0
      return
    }
    const inPlace = depth > 0 || byte === openBrace || isSpace(byte)
    if (!inPlace || !frame.push(byte)) this.broken = true
    else if (this.inStray && (frame.mayBeginValue || frame.depth < 2)) {
      this.inStray = false
      this.onRecord(noRecord)
    } else if (beginsElement && named && byte !== closeBracket && !isSpace(byte)) this.inStray = true
    if (depth === 1 && frame.depth === 2) {
      this.inList = byte === openBracket && (!named || frame.key.toLowerCase() === this.listName)
      if (this.inList) this.metList = true
      else this.metOther = true
    }
    if (frame.depth < 2) this.inList = false
  }

  private keep(rest: Buffer): void {
    this.pieceBytes += rest.length
    if (this.pieceBytes > maxRecordBytes) {
      this.broken = true
      this.pieces = []
      return
    }
    this.pieces.push(Buffer.from(rest))
  }

  private emit(last: Buffer): void {
    this.frame.valueEnded()
    const record = this.pieces.length === 0 ? last : Buffer.concat([...this.pieces, last])
    this.pieces = []
    this.pieceBytes = 0
    if (!this.broken) this.onRecord(record)
  }
}

/** Whether these bytes can be the beginning of a record. */
function isBeginning(pieces: readonly Buffer[]): boolean {
  const structure = new JsonStructure()
  for (const piece of pieces) {
    for (const byte of piece) {
      if (byte === 0) return true
      if (!structure.push(byte)) return false
    }
  }
  return true
}
