import type { TextMessage, WantedWebhook } from '@jumpring/connector-kit'
import type { Caller } from '@jumpring/connector-kit/http/caller'
import { type Answer, succeeded } from '@jumpring/connector-kit/http/exchange'
import { unknownLocation } from '@jumpring/connector-kit/http/failures'
import type { ConnectionSettings } from '@jumpring/contracts'
import { JumpringError } from '@jumpring/contracts'
import { z } from 'zod'
import { failureOf, parseAnswer, saysOptedOut } from './answers.ts'
import { partnerFailure, partnerRoot } from './sinks/partner-api.ts'

/**
 * Sends one text, once: no failure is repeated here, but for a rejected token, with which nothing was done.
 * `platform_refused`: not sent, and never will be; `rate_limited`, `auth`, `configuration`: not sent;
 * `platform_unavailable`: nobody knows.
 */
export function sendText(
  caller: Caller,
  message: TextMessage,
  via: ConnectionSettings['texts']['via'],
): Promise<{ readonly id: string }> {
  return via === 'partner' ? sendByPartner(caller, message) : sendPublicly(caller, message)
}

const partnerAnswerSchema = z.object({ data: z.object({ id: z.string().min(1) }) })

/** Our assumption: leaves no conversation, and the contact as it is. */
async function sendByPartner(caller: Caller, { to, body, location, reference }: TextMessage) {
  const sent = { to, body, locationUid: location, reference }
  const answer = await caller.answer({
    method: 'POST',
    path: `${partnerRoot}texts`,
    headers: { 'idempotency-key': reference },
    body: sent,
  })
  if (!succeeded(answer)) throw optedOut(answer) ?? partnerFailure(answer, { of: 'the text', body: sent })
  return parseAnswer(answer, partnerAnswerSchema).data
}

const publicAnswerSchema = z.object({ data: z.object({ uid: z.string().min(1) }) })

/** Podium docs: `contactName` would rename the contact. A conversation is made all the same, a closed one. */
async function sendPublicly(caller: Caller, { to, body, location }: TextMessage) {
  const channel = { type: 'phone', identifier: to }
  const sent = { channel, body, locationUid: location, setOpenInbox: false }
  const answer = await caller.answer({ method: 'POST', path: '/v4/messages', body: sent })
  if (succeeded(answer)) return { id: parseAnswer(answer, publicAnswerSchema).data.uid }
  const failure = failureOf(answer, { of: 'the text', body: sent })
  if (failure.code === 'contact_not_found') throw unknownLocation('Podium', sent, 'locationUid')
  throw optedOut(answer) ?? failure
}

/** Our assumption: the partner API tells the delivery of its texts to a webhook of its own, one for an address. */
export async function ensureTextWebhook(caller: Caller, { url, secret }: WantedWebhook): Promise<void> {
  const body = { url, secret, eventTypes: ['text.status'] }
  const answer = await caller.answer({ method: 'PUT', path: `${partnerRoot}webhooks`, body })
  if (!succeeded(answer)) throw partnerFailure(answer, { of: 'the webhook' })
}

/** Undocumented how Podium refuses a text to someone who opted out: its words tell. */
function optedOut(answer: Answer): JumpringError | null {
  if (!saysOptedOut(answer)) return null
  return new JumpringError('platform_refused', 'The owner of this phone has opted out of text messages.')
}
