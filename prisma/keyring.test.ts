import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createKeyFile, openKeyring } from './keyring.ts'

const fileSchema = z.object({
  encryption: z.object({ current: z.string(), keys: z.record(z.string(), z.string()) }),
  tokens: z.object({ privateKey: z.string(), publicKey: z.string() }),
})

describe('keyring', () => {
  let dir: string
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'keyring-'))
  })
  afterAll(() => rm(dir, { recursive: true, force: true }))

  const newFile = async (name: string) => {
    const path = join(dir, name)
    await createKeyFile(path)
    return path
  }

  it('makes a file for its owner only, once', async () => {
    const path = await newFile('once.json')
    const first = await readFile(path, 'utf8')
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    await createKeyFile(path)
    expect(await readFile(path, 'utf8')).toBe(first)
  })

  it('[AD-06] opens only under the context it was sealed for, and only unchanged', async () => {
    const keyring = await openKeyring(await newFile('context.json'))
    const sealed = await keyring.encrypt(Buffer.from('a refresh token'), 'connection-1')
    expect(sealed.keyId).toBe('k1')
    expect(sealed.ciphertext.includes('refresh')).toBe(false)
    expect((await keyring.decrypt(sealed, 'connection-1')).toString()).toBe('a refresh token')
    await expect(keyring.decrypt(sealed, 'connection-2')).rejects.toMatchObject({ code: 'configuration' })
    const bent = Buffer.from(sealed.ciphertext)
    bent[bent.length - 1] = (bent[bent.length - 1] ?? 0) ^ 1
    await expect(keyring.decrypt({ ...sealed, ciphertext: bent }, 'connection-1')).rejects.toMatchObject({
      code: 'configuration',
    })
  })

  it('[AD-06] rotates: new secrets take the current key, old keys open what they sealed', async () => {
    const path = await newFile('rotate.json')
    const old = await (await openKeyring(path)).encrypt(Buffer.from('old'), 'c')
    const file = fileSchema.parse(JSON.parse(await readFile(path, 'utf8')))
    file.encryption.keys.k2 = Buffer.alloc(32, 7).toString('base64')
    file.encryption.current = 'k2'
    await writeFile(path, JSON.stringify(file))

    const rotated = await openKeyring(path)
    expect((await rotated.decrypt(old, 'c')).toString()).toBe('old')
    expect((await rotated.encrypt(Buffer.from('new'), 'c')).keyId).toBe('k2')

    delete file.encryption.keys.k1
    await writeFile(path, JSON.stringify(file))
    await expect((await openKeyring(path)).decrypt(old, 'c')).rejects.toThrow('k1 is not in the key file')
  })

  it('says which field of a wrong file is wrong, and no value', async () => {
    const path = await newFile('wrong.json')
    const file = fileSchema.parse(JSON.parse(await readFile(path, 'utf8')))
    file.encryption.keys.k1 = 'c2hvcnQ='
    await writeFile(path, JSON.stringify(file))
    const failure = await openKeyring(path).catch((error: unknown) => String(error))
    expect(failure).toContain('encryption.keys.k1')
    expect(failure).not.toContain('c2hvcnQ=')
    await writeFile(path, 'c2hvcnQ= {')
    await expect(openKeyring(path)).rejects.toThrow('the whole file')
  })
})
