import type { Caller } from '@jumpring/connector-kit/http/caller'
import { readPage } from './pages.ts'
import { madeSchema } from './wire.ts'

/** The id of the client with this POS ID, or null. */
export async function findClient(caller: Caller, posId: string): Promise<string | null> {
  const { items } = await readPage(caller, '/v1/clients', { pos_id: posId }, undefined, madeSchema)
  return items[0]?.id ?? null
}
