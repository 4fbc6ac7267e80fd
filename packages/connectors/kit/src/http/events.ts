import { createHmac, timingSafeEqual } from 'node:crypto'
import { JumpringError } from '@jumpring/contracts'
import { beginningOf } from '@jumpring/sync'
import type { z } from 'zod'
import type { Webhook } from '../connector.ts'

/** Where a platform puts its signature. `prefix` stands before the hex. */
export interface SignatureHeaders {
  readonly timestamp: string
  readonly signature: string
  readonly prefix: string
}

/** Whether the signature is the hex HMAC-SHA256 of `timestamp + "." + rawBody`; compared in constant time. */
export function isSigned({ headers, rawBody }: Webhook, secret: string, names: SignatureHeaders): boolean {
  const timestamp = headers[names.timestamp]
  const signature = headers[names.signature]
  if (typeof timestamp !== 'string' || typeof signature !== 'string') return false
  const digest = createHmac('sha256', secret).update(`${timestamp}.`).update(rawBody).digest('hex')
  const [given, expected] = [Buffer.from(signature), Buffer.from(names.prefix + digest)]
  return given.length === expected.length && timingSafeEqual(given, expected)
}

/** Reads the parts of a stored event. Throws `unreadable_event`, which names fields and never a value. */
export function eventReader(platform: string) {
  return {
    json(text: string): unknown {
      try {
        return JSON.parse(text)
      } catch {
        throw new JumpringError('unreadable_event', `${platform} sent an event that is not JSON.`)
      }
    },
    parse<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
      const parsed = schema.safeParse(value)
      if (parsed.success) return parsed.data
      const paths = parsed.error.issues.map(({ path }) => path.join('.') || 'contact')
      const named = [...new Set(paths)].join(', ')
      throw new JumpringError('unreadable_event', `${platform} sent an unreadable ${what}: ${named}.`)
    },
  }
}

const contactDetails = /\S+@\S+|\+?\d[\d\s().-]{5,}\d/g

/** A platform's reason, without the phone or e-mail that it may quote. */
export function reasonOf(raw: string | null | undefined): { readonly reason?: string } {
  const reason = beginningOf(raw?.replaceAll(contactDetails, '…').trim(), 200)
  return reason ? { reason } : {}
}
