const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const colon = 0x3a
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d

const longestKey = 64

/** What may come next. `nothing`: the document has ended. */
type Expected = 'value' | 'valueOrEnd' | 'keyOrEnd' | 'colon' | 'commaOrEnd' | 'nothing'

/**
 * Follows the structure of a JSON document byte by byte: brackets, keys, colons and commas, not what is inside a string or a number.
 * What is wrong there costs one record; where the structure is broken nobody can tell any more where records end.
 * A comma before a closing bracket is passed over.
 */
export class JsonStructure {
  private readonly open: number[] = []
  private expected: Expected = 'value'
  private inString = false
  private inKey = false
  private escaped = false
  private inToken = false
  private keyBytes: number[] = []

  /** Takes one byte. False: it cannot stand here, whatever follows. */
  push(byte: number): boolean {
    if (this.inString) {
      this.pushString(byte)
      return true
    }
    if (isTokenByte(byte)) {
      if (!this.inToken && !this.mayBeginValue) return false
      if (!this.inToken) this.valueEnded()
      this.inToken = true
      return true
    }
    this.inToken = false
    return isSpace(byte) || this.pushSign(byte)
  }

  /** How many brackets are open. */
  get depth(): number {
    return this.open.length
  }

  get ended(): boolean {
    return this.expected === 'nothing'
  }

  /** Whether a value may begin here. */
  get mayBeginValue(): boolean {
    return !this.inString && (this.expected === 'value' || this.expected === 'valueOrEnd')
  }

  /** The last key that was read, or its beginning. */
  get key(): string {
    return Buffer.from(this.keyBytes).toString('utf8')
  }

  /** A value has gone by that was not pushed. */
  valueEnded(): void {
    this.expected = this.open.length === 0 ? 'nothing' : 'commaOrEnd'
  }

  private pushString(byte: number): void {
    if (this.escaped) this.escaped = false
    else if (byte === backslash) this.escaped = true
    else if (byte === quote) {
      this.inString = false
      if (this.inKey) this.expected = 'colon'
      else this.valueEnded()
    }
    if (this.inString && this.inKey && this.keyBytes.length < longestKey) this.keyBytes.push(byte)
  }

  private pushSign(byte: number): boolean {
    switch (byte) {
      case quote:
        return this.beginString()
      case openBrace:
      case openBracket:
        if (!this.mayBeginValue) return false
        this.open.push(byte)
        this.expected = byte === openBrace ? 'keyOrEnd' : 'valueOrEnd'
        return true
      case closeBrace:
        return this.close(openBrace, 'keyOrEnd')
      case closeBracket:
        return this.close(openBracket, 'valueOrEnd')
      case comma:
        if (this.expected !== 'commaOrEnd') return false
        this.expected = this.open.at(-1) === openBrace ? 'keyOrEnd' : 'valueOrEnd'
        return true
      case colon:
        if (this.expected !== 'colon') return false
        this.expected = 'value'
        return true
      default:
        return false
    }
  }

  private beginString(): boolean {
    this.inKey = this.expected === 'keyOrEnd'
    if (!this.inKey && !this.mayBeginValue) return false
    if (this.inKey) this.keyBytes = []
    this.inString = true
    return true
  }

  private close(opened: number, orElse: Expected): boolean {
    if (this.open.at(-1) !== opened || (this.expected !== 'commaOrEnd' && this.expected !== orElse)) return false
    this.open.pop()
    this.valueEnded()
    return true
  }
}

export function isSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)
}

/** Letters, digits, sign and point: numbers, true, false, null, and what is written in their place by mistake. */
function isTokenByte(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    byte === 0x2b ||
    byte === 0x2d ||
    byte === 0x2e
  )
}
