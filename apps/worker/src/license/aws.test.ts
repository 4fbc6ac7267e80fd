import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import { type License, readLicense } from '@jumpring/contracts'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { joseSignature, kmsSigner } from './kms.ts'
import { sesMailer } from './mail.ts'
import { signLicense } from './signer.ts'

/** Answers as AWS does; each request is kept. */
let server: Server
let requests: { target: string; body: Record<string, unknown> }[] = []
let answer: (target: string, body: Record<string, unknown>) => object

beforeEach(async () => {
  requests = []
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(Buffer.from(chunk))
    const target = String(request.headers['x-amz-target'] ?? `${request.method} ${request.url}`)
    const body = JSON.parse(Buffer.concat(chunks).toString() || '{}')
    requests.push({ target, body })
    expect(request.headers.authorization).toMatch(/^AWS4-HMAC-SHA256 /)
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer(target, body)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const url = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : ''
  vi.stubEnv('AWS_ENDPOINT_URL', url)
  vi.stubEnv('AWS_REGION', 'us-east-1')
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test')
})
afterEach(() => {
  vi.unstubAllEnvs()
  server.closeAllConnections()
  server.close()
})

const license: License = {
  id: '00000000-0000-4000-8000-000000000001',
  serial: 1,
  tenant: { id: '00000000-0000-4000-8000-000000000002', name: 'Lindqvist Jewelers' },
  store: 'JR-0001',
  connectionId: '00000000-0000-4000-8000-000000000003',
  platform: 'podium',
  tier: 'clienteling',
  webStore: false,
  from: '2026-01-01T00:00:00Z',
  until: '2027-01-01T00:00:00Z',
}
const p256 = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })

/** KMS with one asymmetric key. */
function kms({ privateKey, publicKey }: { privateKey: KeyObject; publicKey: KeyObject }) {
  return (target: string, body: Record<string, unknown>): object => {
    if (target === 'TrentService.GetPublicKey')
      return { PublicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64') }
    expect(body).toMatchObject({ KeyId: 'alias/licenses', MessageType: 'DIGEST', SigningAlgorithm: 'ECDSA_SHA_256' })
    // Node hashes by itself: the test signs what KMS would have been given the digest of.
    const signature = sign('sha256', Buffer.from(signedBytes), { key: privateKey, dsaEncoding: 'der' })
    return { Signature: signature.toString('base64') }
  }
}
let signedBytes = ''

test('[PD-02] a license signed by a key of AWS KMS is read with its public key', async () => {
  answer = kms(p256())
  const signer = await kmsSigner('alias/licenses')
  expect(signer.publicKey).toMatchObject({ kty: 'EC', crv: 'P-256', alg: 'ES256' })
  const file = await signLicense(
    {
      publicKey: signer.publicKey,
      sign: (bytes) => {
        signedBytes = bytes.toString()
        return signer.sign(bytes)
      },
    },
    license,
  )
  expect(requests.map(({ target }) => target)).toEqual(['TrentService.GetPublicKey', 'TrentService.Sign'])
  await expect(readLicense(file, [signer.publicKey])).resolves.toEqual(license)
})

test('every signature of KMS has the form that JOSE wants, also when its numbers are short', () => {
  const { privateKey } = p256()
  for (let n = 0; n < 600; n += 1) {
    const der = sign('sha256', Buffer.from(String(n)), { key: privateKey, dsaEncoding: 'der' })
    expect(joseSignature(der)).toHaveLength(64)
  }
  const der = Buffer.from('3006020101020200ff', 'hex')
  der[1] = der.length - 2
  expect(joseSignature(der).toString('hex')).toBe(`${'00'.repeat(31)}01${'00'.repeat(31)}ff`)
  expect(() => joseSignature(der.subarray(1))).toThrow('no DER')
})

test('mail goes out through Amazon SES as it is put into the folder otherwise', async () => {
  answer = () => ({ MessageId: '1' })
  await sesMailer('Jumpring <licenses@jumpring.example>')({
    id: 'license-1-issued',
    to: 'store@example.com',
    subject: 'Your license',
    text: 'It is attached.',
    attachment: { name: 'podium.license', content: 'a.b.c' },
  })
  const [sent] = requests
  expect(sent?.target).toBe('POST /v2/email/outbound-emails')
  expect(sent?.body).toMatchObject({
    FromEmailAddress: 'Jumpring <licenses@jumpring.example>',
    Destination: { ToAddresses: ['store@example.com'] },
  })
  const raw = Buffer.from(JSON.stringify(sent?.body.Content).match(/"Data":"([^"]+)"/)?.[1] ?? '', 'base64').toString()
  expect(raw).toContain('Subject: Your license')
  expect(raw).toContain('filename=podium.license')
  expect(raw).toContain('Message-ID: <license-1-issued@jumpring.example>')
})
