import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { type License, type LicenseKey, licenseKeySchema, licenseSchema, licenseType } from '@jumpring/contracts'
import { calculateJwkThumbprint, exportJWK } from 'jose'

/** Signs licenses with a key that may lie elsewhere. */
export interface LicenseSigner {
  readonly publicKey: LicenseKey
  /** The JOSE signature (RFC 7518, 3.4; RFC 8037, 3.1) of these bytes. */
  sign(bytes: Buffer): Promise<Buffer>
}

/** A license as the file that a store installs: a compact JWS. */
export async function signLicense(signer: LicenseSigner, license: License): Promise<string> {
  const { kid, alg } = signer.publicKey
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
  const signed = `${encode({ alg, kid, typ: licenseType })}.${encode(licenseSchema.parse(license))}`
  return `${signed}.${(await signer.sign(Buffer.from(signed))).toString('base64url')}`
}

/** Signs with an Ed25519 key in a file (PKCS 8, PEM). */
export async function localSigner(path: string): Promise<LicenseSigner> {
  const key = createPrivateKey(await readFile(path, 'utf8'))
  return {
    publicKey: await publicKeyOf(createPublicKey(key), 'EdDSA'),
    sign: async (bytes) => sign(null, bytes, key),
  }
}

export async function publicKeyOf(key: KeyObject, alg: LicenseKey['alg']): Promise<LicenseKey> {
  const jwk = await exportJWK(key)
  return licenseKeySchema.parse({ ...jwk, alg, kid: await calculateJwkThumbprint(jwk) })
}
