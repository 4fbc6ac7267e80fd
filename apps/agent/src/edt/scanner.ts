const quote = 0x22
const backslash = 0x5c
const colon = 0x3a
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d

/** No record of The Edge comes near this; a file that claims one is not JSON of the expected form. Our assumption. */
const maxRecordBytes = 16 * 1024 * 1024
const maxNameBytes = 64

/** `open`: the JSON has not ended yet. `closed`: it has, cleanly. `malformed`: it cannot become the expected document any more. */
export type ScanOutcome = 'open' | 'closed' | 'malformed'

/** `record` is valid until the callback returns: it may be a window into the chunk. */
export type OnRecord = (record: Buffer) => void

/**
 * Finds the objects inside one top-level array of a JSON document without parsing them.
 * EDT: `{ "Customers": [ { "Key": …, "PairValue": { … } } ] }`; the array's name is compared without regard to case.
 * Feed it the file in chunks of any size. What is inside a record is not judged, only where it ends.
 */
export class RecordScanner {
  private readonly listName: string
  private readonly onRecord: OnRecord
  private state: ScanOutcome = 'open'
  private depth = 0
  private inString = false
  private escaped = false
  private inList = false
  private name: number[] = []
  private nameComplete = false
  private inRecord = false
  private pieces: Buffer[] = []
  private pieceBytes = 0

  constructor(listName: string, onRecord: OnRecord) {
    this.listName = listName.toLowerCase()
    this.onRecord = onRecord
  }

  get outcome(): ScanOutcome {
    return this.state
  }

  push(chunk: Buffer): void {
    let at = 0
    let recordStart = 0
    while (at < chunk.length && this.state !== 'malformed') {
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
    let depth = this.depth
    while (at < chunk.length) {
      const byte = chunk[at]
      at += 1
      if (byte === quote) at = this.skipString(chunk, at)
      else if (byte === openBrace || byte === openBracket) depth += 1
      else if (byte === closeBrace || byte === closeBracket) {
        depth -= 1
        if (depth === 2) {
          this.inRecord = false
          break
        }
      }
    }
    this.depth = depth
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
    if (this.inString) this.stepString(byte)
    else if (this.depth === 0) this.stepOutside(byte)
    else if (byte === quote) {
      this.inString = true
      if (this.depth === 1) {
        this.name = []
        this.nameComplete = false
      }
    } else if (byte === colon) this.nameComplete = this.depth === 1
    else if (byte === openBrace || byte === openBracket) this.enter(byte)
    else if (byte === closeBrace || byte === closeBracket) this.leave(byte)
  }

  private stepString(byte: number): void {
    if (this.escaped) this.escaped = false
    else if (byte === backslash) this.escaped = true
    else if (byte === quote) this.inString = false
    if (this.inString && this.depth === 1 && this.name.length < maxNameBytes) this.name.push(byte)
  }

  private stepOutside(byte: number): void {
    const space = byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)
    const byteOrderMark = byte === 0xef || byte === 0xbb || byte === 0xbf
    if (byte === openBrace && this.state === 'open') this.depth = 1
    else if (!space && !(byteOrderMark && this.state === 'open')) this.state = 'malformed'
  }

  private enter(byte: number): void {
    if (this.depth === 1) {
      const name = Buffer.from(this.name).toString('utf8').toLowerCase()
      this.inList = byte === openBracket && this.nameComplete && name === this.listName
    }
    this.inRecord = this.inList && this.depth === 2 && byte === openBrace
    this.depth += 1
  }

  private leave(byte: number): void {
    const wrong = this.depth === 1 ? closeBracket : this.depth === 2 && this.inList ? closeBrace : undefined
    if (byte === wrong) {
      this.state = 'malformed'
      return
    }
    this.depth -= 1
    if (this.depth === 1) this.inList = false
    if (this.depth === 0) this.state = 'closed'
  }

  private keep(rest: Buffer): void {
    this.pieceBytes += rest.length
    if (this.pieceBytes > maxRecordBytes) {
      this.state = 'malformed'
      this.pieces = []
      return
    }
    this.pieces.push(Buffer.from(rest))
  }

  private emit(last: Buffer): void {
    if (this.pieces.length === 0) {
      this.onRecord(last)
      return
    }
    const record = Buffer.concat([...this.pieces, last])
    this.pieces = []
    this.pieceBytes = 0
    this.onRecord(record)
  }
}
