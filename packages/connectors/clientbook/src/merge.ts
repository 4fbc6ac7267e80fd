import type { Frozen } from '@jumpring/connector-kit'
import type { Caller } from '@jumpring/connector-kit/http/caller'
import { parseAnswer, succeeded } from '@jumpring/connector-kit/http/exchange'
import { JumpringError } from '@jumpring/contracts'
import { z } from 'zod'
import { failureOf, isGone } from './answers.ts'
import type { ClientWrite } from './api.ts'
import { clientsNamed } from './find-client.ts'
import { madeSchema } from './wire.ts'

const bodySchema = z.object({ gone: z.array(z.string()) })

/** Who remains, and who is merged into them. */
export const freezeMerge = (kept: readonly string[], gone: readonly string[]): Frozen => ({
  op: 'merge',
  identifiers: kept,
  body: { gone },
})

/**
 * Merges clients. Two with POS IDs are never merged (known), so who is gone gives up theirs first; the two calls may be repeated from
 * the beginning, wherever they were cut off.
 * @returns who remains. Throws `contact_not_found` where they are not there
 */
export async function mergeClients(caller: Caller, { identifiers, body }: Frozen): Promise<{ identifier: string }> {
  const kept = await livingClient(caller, identifiers)
  if (kept === null) throw new JumpringError('contact_not_found')
  for await (const id of clientsNamed(caller, bodySchema.parse(body).gone)) {
    if (id === kept) continue
    const freed: ClientWrite = { pos_id: null }
    const answer = await caller.answer({ method: 'PATCH', path: pathOf(id), body: { ...freed } })
    // Merged before, or deleted: nothing of theirs is left.
    if (isGone(answer)) continue
    if (!succeeded(answer)) throw failureOf(answer)
    await caller.read({ method: 'POST', path: `${pathOf(kept)}/merge`, body: { merged_id: id } }, madeSchema)
  }
  return { identifier: kept }
}

/** The id of the first who is there; of one who was merged away, of who remains. */
async function livingClient(caller: Caller, identifiers: readonly string[]): Promise<string | null> {
  for await (const id of clientsNamed(caller, identifiers)) {
    const answer = await caller.answer({ method: 'GET', path: pathOf(id) })
    if (succeeded(answer)) return parseAnswer('Clientbook', answer, madeSchema).id
    if (!isGone(answer)) throw failureOf(answer)
  }
  return null
}

const pathOf = (id: string) => `/v1/clients/${encodeURIComponent(id)}`
