import type { Text } from '../platform/texts.ts'

/** A text that was sent as the store's SMS provider, as the API and its events show it. */
export function smsView({ uid: id, status, failureReason, updatedAt: updated_at }: Text) {
  return {
    id,
    status: status === 'accepted' ? ('queued' as const) : status,
    failure_reason: status === 'failed' ? failureReason : null,
    updated_at,
  }
}
