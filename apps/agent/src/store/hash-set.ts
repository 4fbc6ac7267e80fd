const digestBytes = 20

/**
 * A set of SHA-1 digests in two flat arrays: 100,000 of them take 3 MB, a twentieth of what a Set of strings and its making takes.
 * Digests are strings of 20 latin1 characters, one a byte.
 */
export class HashSet {
  private digests = Buffer.alloc(0)
  private count = 0
  /** Open addressing: position of the digest + 1, 0 where free. Digests are random, so their first bytes serve as the hash. */
  private slots = new Uint32Array(1024)

  /** @param expected how many there will be, as far as that is known: growing by and by leaves garbage of the same size behind */
  constructor(expected = 0) {
    this.reserve(expected)
  }

  has(digest: string): boolean {
    return this.find(digest) !== undefined
  }

  add(digest: string): void {
    if (!this.has(digest)) this.addAll(Buffer.from(digest, 'latin1'))
  }

  /** Adds digests that stand one after the other and are not in the set yet. */
  addAll(digests: Buffer): void {
    const added = digests.length / digestBytes
    this.reserve(this.count + added)
    digests.copy(this.digests, this.count * digestBytes)
    for (let more = 0; more < added; more += 1) {
      this.place(this.count)
      this.count += 1
    }
  }

  delete(digest: string): void {
    const position = this.find(digest)
    // Its slot stays taken, so that what was placed behind it is still found.
    if (position !== undefined) this.digests.fill(0, position * digestBytes, (position + 1) * digestBytes)
  }

  /** Makes room, by half again at least. At most half of the slots are taken, so that searches stay short. */
  private reserve(count: number): void {
    if (count * digestBytes > this.digests.length) {
      const digests = Buffer.alloc(Math.max(count * digestBytes, Math.ceil(this.count * 1.5) * digestBytes))
      this.digests.copy(digests)
      this.digests = digests
    }
    if (count * 2 <= this.slots.length) return
    this.slots = new Uint32Array(2 ** Math.ceil(Math.log2(count * 2)))
    for (let position = 0; position < this.count; position += 1) this.place(position)
  }

  private place(position: number): void {
    const mask = this.slots.length - 1
    let slot = this.digests.readUInt32LE(position * digestBytes) & mask
    while (this.slots[slot] !== 0) slot = (slot + 1) & mask
    this.slots[slot] = position + 1
  }

  private find(digest: string): number | undefined {
    const mask = this.slots.length - 1
    const start =
      digest.charCodeAt(0) | (digest.charCodeAt(1) << 8) | (digest.charCodeAt(2) << 16) | (digest.charCodeAt(3) << 24)
    for (let slot = start & mask; ; slot = (slot + 1) & mask) {
      const entry = this.slots[slot] ?? 0
      if (entry === 0) return undefined
      if (this.equals(entry - 1, digest)) return entry - 1
    }
  }

  private equals(position: number, digest: string): boolean {
    const offset = position * digestBytes
    for (let index = 0; index < digestBytes; index += 1) {
      if (this.digests[offset + index] !== digest.charCodeAt(index)) return false
    }
    return true
  }
}
