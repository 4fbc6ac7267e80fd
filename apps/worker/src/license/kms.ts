import { createHash, createPublicKey } from 'node:crypto'
import { GetPublicKeyCommand, KMSClient, SignCommand } from '@aws-sdk/client-kms'
import { type LicenseSigner, publicKeyOf } from './signer.ts'

/**
 * Signs with an asymmetric key of AWS KMS (ECC_NIST_P256, SIGN_VERIFY): the private key never leaves it. Region, credentials and
 * endpoint come as the AWS SDK finds them.
 */
export async function kmsSigner(keyId: string): Promise<LicenseSigner> {
  const kms = new KMSClient({})
  const { PublicKey } = await kms.send(new GetPublicKeyCommand({ KeyId: keyId }))
  if (PublicKey === undefined) throw new Error('KMS gave no public key.')
  // KMS docs: SubjectPublicKeyInfo, DER.
  const key = createPublicKey({ key: Buffer.from(PublicKey), format: 'der', type: 'spki' })
  return {
    publicKey: await publicKeyOf(key, 'ES256'),
    sign: async (bytes) => {
      const { Signature } = await kms.send(
        new SignCommand({
          KeyId: keyId,
          Message: createHash('sha256').update(bytes).digest(),
          MessageType: 'DIGEST',
          SigningAlgorithm: 'ECDSA_SHA_256',
        }),
      )
      if (Signature === undefined) throw new Error('KMS gave no signature.')
      return joseSignature(Buffer.from(Signature))
    },
  }
}

/**
 * KMS docs: an ECDSA signature is DER, SEQUENCE { INTEGER r, INTEGER s } (RFC 3279, 2.2.3). JOSE wants both as 32 bytes, big-endian, one
 * after the other (RFC 7518, 3.4).
 */
export function joseSignature(der: Buffer): Buffer {
  // P-256: the sequence is at most 70 bytes, so that every length is one byte.
  if (der[0] !== 0x30 || der[1] !== der.length - 2) throw new Error('The signature is no DER sequence.')
  const r = integerAt(der, 2)
  const s = integerAt(der, r.end)
  if (s.end !== der.length) throw new Error('The signature is longer than two integers.')
  return Buffer.concat([r.bytes, s.bytes])
}

function integerAt(der: Buffer, start: number): { bytes: Buffer; end: number } {
  const length = der[start + 1]
  if (der[start] !== 0x02 || length === undefined)
    throw new Error('The signature holds no integer where one should be.')
  const end = start + 2 + length
  let digits = der.subarray(start + 2, end)
  // A leading zero keeps the number positive.
  while (digits[0] === 0) digits = digits.subarray(1)
  if (digits.length > 32 || end > der.length) throw new Error('The signature is not of P-256.')
  return { bytes: Buffer.concat([Buffer.alloc(32 - digits.length), digits]), end }
}
