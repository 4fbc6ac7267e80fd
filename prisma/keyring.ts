import { createCipheriv, createDecipheriv, generateKeyPairSync, randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { JumpringError } from '@jumpring/contracts'
import { z } from 'zod'

/** Encrypted bytes and the name of the key that opens them; the name is kept beside the bytes, so that keys can rotate. */
export interface Sealed {
  readonly keyId: string
  readonly ciphertext: Buffer
}

/**
 * The service's keys. Today a file; a managed key (AWS KMS, envelope) fits behind the same calls, which is why they are
 * asynchronous and the ciphertext is opaque.
 */
export interface Keyring {
  /** Encrypts with the current key. `context` (a connection's id) is not secret: only the same context opens the result. */
  encrypt(plaintext: Buffer, context: string): Promise<Sealed>
  /** Opens what any key of the ring has sealed. Throws `configuration` when the key is gone or key, bytes and context do not belong together. */
  decrypt(sealed: Sealed, context: string): Promise<Buffer>
  /** Ed25519, PEM: signs the service's tokens. */
  readonly tokens: { readonly privateKey: string; readonly publicKey: string }
}

const keySchema = z.base64().refine((text) => Buffer.from(text, 'base64').length === 32, 'must be 32 bytes')
const keyFileSchema = z.strictObject({
  /** New secrets are sealed with `current`; the others stay for what they have sealed. */
  encryption: z
    .strictObject({ current: z.string().min(1), keys: z.record(z.string().min(1), keySchema) })
    .refine(({ current, keys }) => current in keys, 'current must name one of the keys'),
  tokens: z.strictObject({
    privateKey: z.string().startsWith('-----BEGIN PRIVATE KEY-----'),
    publicKey: z.string().startsWith('-----BEGIN PUBLIC KEY-----'),
  }),
})
type KeyFile = z.infer<typeof keyFileSchema>

/** Makes a key file with new keys, readable for its owner only. Leaves one that is there as it is. */
export async function createKeyFile(path: string): Promise<void> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  const file: KeyFile = {
    encryption: { current: 'k1', keys: { k1: randomBytes(32).toString('base64') } },
    tokens: { privateKey, publicKey },
  }
  await writeNew(path, `${JSON.stringify(file, null, 2)}\n`)
}

/** Makes the key that licenses are signed with: Ed25519, PKCS 8, PEM, readable for its owner only. Leaves one that is there as it is. */
export async function createLicenseKeyFile(path: string): Promise<void> {
  const { privateKey } = generateKeyPairSync('ed25519')
  await writeNew(path, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
}

/** Writes a file that only its owner may read, unless it is there. */
async function writeNew(path: string, content: string): Promise<void> {
  try {
    await writeFile(path, content, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
}

/** Reads a key file. Throws `configuration`, which names fields and never a value, when it is not of the form `createKeyFile` writes. */
export async function openKeyring(path: string): Promise<Keyring> {
  const { encryption, tokens } = parseKeyFile(await readFile(path, 'utf8'))
  const keys = new Map(Object.entries(encryption.keys).map(([id, text]) => [id, Buffer.from(text, 'base64')]))
  const keyOf = (id: string): Buffer => {
    const key = keys.get(id)
    if (key === undefined) throw new JumpringError('configuration', `The encryption key ${id} is not in the key file.`)
    return key
  }
  return {
    tokens,
    encrypt: async (plaintext, context) => ({
      keyId: encryption.current,
      ciphertext: seal(keyOf(encryption.current), plaintext, context),
    }),
    decrypt: async ({ keyId, ciphertext }, context) => open(keyOf(keyId), ciphertext, context),
  }
}

function parseKeyFile(text: string): KeyFile {
  const parsed = keyFileSchema.safeParse(parseJson(text))
  if (parsed.success) return parsed.data
  const fields = parsed.error.issues.map((issue) => issue.path.join('.') || 'the whole file')
  throw new JumpringError('configuration', `The key file is not of the right form: ${fields.join(', ')}.`)
}

/** `undefined`, which no schema takes, for what is no JSON: the parser's own message would quote the text. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const algorithm = 'aes-256-gcm'
const nonceBytes = 12
const tagBytes = 16

/** nonce | tag | encrypted bytes */
function seal(key: Buffer, plaintext: Buffer, context: string): Buffer {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes }).setAAD(Buffer.from(context))
  const encrypted = Buffer.concat([cipher.update(plaintext), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), encrypted])
}

function open(key: Buffer, ciphertext: Buffer, context: string): Buffer {
  try {
    const decipher = createDecipheriv(algorithm, key, ciphertext.subarray(0, nonceBytes), { authTagLength: tagBytes })
      .setAAD(Buffer.from(context))
      .setAuthTag(ciphertext.subarray(nonceBytes, nonceBytes + tagBytes))
    return Buffer.concat([decipher.update(ciphertext.subarray(nonceBytes + tagBytes)), decipher.final()])
  } catch (cause) {
    throw new JumpringError('configuration', 'A secret cannot be opened with the key that is named beside it.', {
      cause,
    })
  }
}
