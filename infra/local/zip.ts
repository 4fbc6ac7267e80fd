import { inflateRawSync } from 'node:zlib'

/** The bytes of the first member of a zip archive whose name ends in `suffix`; throws if there is none. */
export function zipMember(archive: Buffer, suffix: string): Buffer {
  // Layout from the zip specification: the end record points to the directory, each entry of which to a local header.
  const end = archive.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'))
  if (end < 0) throw new Error('not a zip archive')
  let entry = archive.readUInt32LE(end + 16)
  for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
    const nameLength = archive.readUInt16LE(entry + 28)
    const name = archive.toString('utf8', entry + 46, entry + 46 + nameLength)
    if (name.endsWith(suffix)) {
      const header = archive.readUInt32LE(entry + 42)
      const start = header + 30 + archive.readUInt16LE(header + 26) + archive.readUInt16LE(header + 28)
      const bytes = archive.subarray(start, start + archive.readUInt32LE(entry + 20))
      return archive.readUInt16LE(entry + 10) === 0 ? bytes : inflateRawSync(bytes)
    }
    entry += 46 + nameLength + archive.readUInt16LE(entry + 30) + archive.readUInt16LE(entry + 32)
  }
  throw new Error(`the archive holds no file …${suffix}`)
}
