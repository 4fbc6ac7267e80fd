import { crc32, deflateRawSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { zipMember } from './zip.ts'

/** A zip archive of two members: one stored, one deflated. */
function archive(): Buffer {
  const members = [
    { name: 'a/README', method: 0, bytes: Buffer.from('read me') },
    { name: 'a/scripts/temporal', method: 8, bytes: Buffer.from('program '.repeat(50)) },
  ]
  const locals: Buffer[] = []
  const directory: Buffer[] = []
  for (const { name, method, bytes } of members) {
    const packed = method === 8 ? deflateRawSync(bytes) : bytes
    const local = Buffer.alloc(30)
    local.writeUInt32LE(0x04034b50, 0)
    local.writeUInt16LE(name.length, 26)
    const entry = Buffer.alloc(46)
    entry.writeUInt32LE(0x02014b50, 0)
    entry.writeUInt16LE(method, 10)
    entry.writeUInt32LE(crc32(bytes), 16)
    entry.writeUInt32LE(packed.length, 20)
    entry.writeUInt16LE(name.length, 28)
    entry.writeUInt32LE(Buffer.concat(locals).length, 42)
    locals.push(local, Buffer.from(name), packed)
    directory.push(entry, Buffer.from(name))
  }
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(members.length, 10)
  end.writeUInt32LE(Buffer.concat(locals).length, 16)
  return Buffer.concat([...locals, ...directory, end])
}

test('a member is found by the end of its name, stored or deflated', () => {
  expect(zipMember(archive(), 'README').toString()).toBe('read me')
  expect(zipMember(archive(), 'scripts/temporal').toString()).toBe('program '.repeat(50))
})

test('what is missing, and what is no archive, is said', () => {
  expect(() => zipMember(archive(), 'temporal.exe')).toThrow('no file …temporal.exe')
  expect(() => zipMember(Buffer.from('not found'), 'temporal')).toThrow('not a zip archive')
})
