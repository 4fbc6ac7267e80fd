import type { Caller } from '@jumpring/connector-kit/http/caller'
import { customerKeySchema } from '@jumpring/contracts'
import { readPage } from './pages.ts'
import { madeSchema } from './wire.ts'

/** The id of the client with this POS ID, or null. */
export async function findClient(caller: Caller, posId: string): Promise<string | null> {
  const { items } = await readPage(caller, '/v1/clients', { pos_id: posId }, undefined, madeSchema)
  return items[0]?.id ?? null
}

/** The ids of the clients that these name, one by one: an id stands for itself, a POS ID for whoever has it then. */
export async function* clientsNamed(caller: Caller, identifiers: readonly string[]): AsyncGenerator<string> {
  for (const identifier of identifiers) {
    const id = isNumber(identifier) ? await findClient(caller, identifier) : identifier
    if (id !== null) yield id
  }
}

/** Our assumption: Clientbook's ids do not look like numbers of The Edge. */
const isNumber = (identifier: string) => customerKeySchema.safeParse(identifier).success
