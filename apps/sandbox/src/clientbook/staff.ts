import { z } from 'zod'
import { firstAccountId } from './accounts.ts'
import { clientWriteSchema, or } from './bodies.ts'
import type { Clientbook } from './clientbook.ts'
import { changeClient, createClient, saveClient } from './clients.ts'
import { type Actor, type Associate, type Client, newId, stampNow, system, valueSchema } from './model.ts'
import { setPreferences } from './preferences.ts'
import { invalid, Problem } from './problems.ts'

/** Which associate did it: the one with the lowest Point of Sale ID unless given; null: Clientbook itself. */
export const byShape = { associateId: z.string().nullable().optional() }
const onlyStaff = { assigned_associate_id: z.string().nullable().optional(), tags: z.array(z.string()).optional() }

export const staffClientSchema = z.strictObject({ ...clientWriteSchema.shape, ...onlyStaff, ...byShape })
export const newClientSchema = staffClientSchema.extend({ accountId: z.string().default(firstAccountId) })

/** Throws `not_found`. */
export function actorOf(book: Clientbook, accountId: string, associateId: string | null | undefined): Actor {
  if (associateId === null) return system
  const associate = associateId === undefined ? defaultAssociate(book, accountId) : book.associates.get(associateId)
  if (associate?.account_id !== accountId) throw new Problem('not_found')
  return { type: 'associate', associate_id: associate.id, point_of_sale_id: associate.point_of_sale_id }
}

/** A person of the store adds a client. Throws `invalid`, `pos_id_taken`. */
export function addClientAsStaff(
  book: Clientbook,
  { accountId, associateId, assigned_associate_id, tags, ...write }: z.infer<typeof newClientSchema>,
): Client {
  const by = actorOf(book, accountId, associateId)
  const client = createClient(book, accountId, write, by)
  return withStaffFields(book, client, { assigned_associate_id, tags }, by)
}

/** A person of the store edits a client; lists work as they do for the API. Throws `invalid`, `pos_id_taken`. */
export function changeClientAsStaff(
  book: Clientbook,
  client: Client,
  { associateId, assigned_associate_id, tags, ...write }: z.infer<typeof staffClientSchema>,
): Client {
  const by = actorOf(book, client.account_id, associateId)
  return withStaffFields(book, changeClient(book, client, write, by), { assigned_associate_id, tags }, by)
}

export const preferencesSchema = z.strictObject({ values: z.record(z.string(), valueSchema), ...byShape })

/** Sets preferences that are named by their names or ids. Throws `invalid`. */
export function setPreferencesAsStaff(
  book: Clientbook,
  client: Client,
  { values, associateId }: z.infer<typeof preferencesSchema>,
) {
  const definitions = book.definitions.of(client.account_id)
  const named = Object.entries(values).map(([name, value]) => {
    const definition = definitions.find((one) => one.id === name || one.name === name)
    if (!definition) throw invalid(`/values/${name}`, 'unknown_preference', name)
    return { preference_id: definition.id, value }
  })
  return setPreferences(book, client, { values: named }, actorOf(book, client.account_id, associateId))
}

export const associateSchema = z.strictObject({
  first_name: z.string().optional(),
  last_name: z.string().optional(),
  email: z.string().nullable().optional(),
  point_of_sale_id: z.string().nullable().optional(),
  active: z.boolean().optional(),
})

/** Adds an associate, or changes one. */
export function saveAssociate(
  book: Clientbook,
  accountId: string,
  id: string | undefined,
  write: z.infer<typeof associateSchema>,
) {
  const before = id === undefined ? undefined : book.associates.get(id)
  if (id !== undefined && before?.account_id !== accountId) throw new Problem('not_found')
  return book.associates.put({
    id: id ?? newId('as'),
    account_id: accountId,
    seq: book.nextSeq(),
    first_name: write.first_name ?? before?.first_name ?? '',
    last_name: write.last_name ?? before?.last_name ?? '',
    email: or(write.email, before?.email ?? null),
    point_of_sale_id: or(write.point_of_sale_id, before?.point_of_sale_id ?? null),
    active: write.active ?? before?.active ?? true,
    updated_at: stampNow(),
  })
}

/** The one with the lowest Point of Sale ID. */
export function defaultAssociate({ associates }: Clientbook, accountId: string): Associate | undefined {
  const rank = ({ point_of_sale_id }: Associate) => Number(point_of_sale_id ?? Number.MAX_SAFE_INTEGER)
  return associates.of(accountId).sort((a, b) => rank(a) - rank(b))[0]
}

function withStaffFields(
  book: Clientbook,
  client: Client,
  { assigned_associate_id, tags }: Pick<z.infer<typeof staffClientSchema>, 'assigned_associate_id' | 'tags'>,
  by: Actor,
): Client {
  const wanted = {
    ...client,
    assigned_associate_id: or(assigned_associate_id, client.assigned_associate_id),
    tags: tags ?? client.tags,
  }
  return saveClient(book, client, wanted, by)
}
