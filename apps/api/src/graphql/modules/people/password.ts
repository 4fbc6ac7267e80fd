import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'

/** OWASP's advice for scrypt: N 2^15, r 8, p 3. Takes 32 MB and some 0.2 s a try. */
const cost = { N: 2 ** 15, r: 8, p: 3 }
const keyBytes = 32

/** `scrypt$N$r$p$salt$hash`: what it cost stands with it, so that it can rise. */
const hashSchema = z
  .string()
  .regex(/^scrypt(\$\d+){3}(\$[\w-]+){2}$/)
  .transform((text): unknown => text.split('$').slice(1))
  .pipe(z.tuple([z.coerce.number(), z.coerce.number(), z.coerce.number(), z.base64url(), z.base64url()]))

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const key = await derive(password, salt, cost)
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join('$')
}

export async function passwordFits(password: string, hash: string): Promise<boolean> {
  const [N, r, p, salt, key] = hashSchema.parse(hash)
  return timingSafeEqual(
    await derive(password, Buffer.from(salt, 'base64url'), { N, r, p }),
    Buffer.from(key, 'base64url'),
  )
}

/** A hash that no password fits: trying one against it takes as long as against a real one. */
export const noPassword = ['scrypt', cost.N, cost.r, cost.p, 'AAAAAAAAAAAAAAAAAAAAAA', 'A'.repeat(43)].join('$')

function derive(password: string, salt: Buffer, { N, r, p }: typeof cost): Promise<Buffer> {
  const options: ScryptOptions = { N, r, p, maxmem: 256 * N * r }
  return new Promise((resolve, reject) =>
    scrypt(password.normalize('NFKC'), salt, keyBytes, options, (error, key) => (error ? reject(error) : resolve(key))),
  )
}
