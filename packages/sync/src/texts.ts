import type { ErrorCode, Notification } from '@jumpring/contracts'
import { normalizePhone } from './normalize.ts'

/** What to do with a text notification. */
export type TextDecision =
  | { readonly kind: 'send'; readonly to: string; readonly body: string }
  /** For good: nothing that is mended later would make it right to send it. */
  | { readonly kind: 'not_sent'; readonly reason: string }
  /** A person can mend it in The Edge. */
  | { readonly kind: 'held'; readonly code: ErrorCode; readonly message: string }

/**
 * CO-10: a text goes out unless it is too old to be of use or its phone must not be contacted.
 * @param around `now` a UTC instant; `denied` phones (E.164) that opted out, on whatever side
 */
export function decideText(
  notification: Notification,
  around: {
    readonly now: string
    readonly maxAgeMinutes: number
    readonly region: string
    readonly denied: ReadonlySet<string>
  },
): TextDecision {
  const age = Date.parse(around.now) - Date.parse(notification.createdAt)
  if (age > around.maxAgeMinutes * 60_000)
    return { kind: 'not_sent', reason: `It was older than ${around.maxAgeMinutes} minutes.` }
  const to = normalizePhone(notification.phone, around.region)
  if (to === null)
    return { kind: 'held', code: 'incomplete_record', message: 'The phone of the text message is no phone number.' }
  if (around.denied.has(to)) return { kind: 'not_sent', reason: 'The phone must not be contacted.' }
  return { kind: 'send', to, body: notification.body }
}
