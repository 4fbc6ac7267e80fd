import type { Shelf } from '../platform/shelf.ts'
import { type Account, type Associate, type Definition, newId, stampNow } from './model.ts'

type Shelves = { accounts: Shelf<Account>; associates: Shelf<Associate>; definitions: Shelf<Definition> }

const firstName = 'Lindqvist Jewelers'
export const firstAccountId = newId('acc', firstName)

/** The first two are associates of The Edge too, under their numbers there; the third is known to Clientbook alone. */
const people = [
  ['Harriet', 'Vale', '1'],
  ['Tomás', 'Reyes', '2'],
  ['Maya', 'Ekström', null],
] as const

const preferences = [
  ['Ring size', 'text', []],
  ['Anniversary', 'date', []],
  ['Metal', 'choice', ['Yellow gold', 'White gold', 'Rose gold', 'Platinum', 'Silver']],
  ['Newsletter', 'boolean', []],
  ['Budget', 'number', []],
] as const

/** Makes an account with three associates and five preferences. With `idOf` its ids are the same each time. */
export function addAccount(
  { accounts, associates, definitions }: Shelves,
  name: string,
  locations: string[],
  idOf: (prefix: string, words: string) => string = (prefix) => newId(prefix),
): Account {
  const updated_at = stampNow()
  const id = idOf('acc', name)
  for (const [index, [first_name, last_name, point_of_sale_id]] of people.entries()) {
    const email = `${first_name}@example.com`.toLowerCase()
    const head = { id: idOf('as', `${name}/${first_name}`), account_id: id, seq: index }
    associates.put({ ...head, first_name, last_name, email, point_of_sale_id, active: true, updated_at })
  }
  for (const [index, [preference, type, choices]] of preferences.entries()) {
    const head = { id: idOf('pf', `${name}/${preference}`), account_id: id, seq: index }
    const max_length = type === 'text' ? 255 : null
    definitions.put({ ...head, name: preference, type, choices: [...choices], max_length, archived: false, updated_at })
  }
  return accounts.put({
    id,
    name,
    time_zone: 'America/New_York',
    currency: 'USD',
    sms_enabled: true,
    suspended: false,
    locations: locations.map((location) => ({
      id: idOf('loc', `${name}/${location}`),
      name: location,
      updated_at,
    })),
  })
}

/** "Lindqvist Jewelers" with two locations, which is there from the start. */
export function addFirstAccount(shelves: Shelves): void {
  if (!shelves.accounts.get(firstAccountId)) addAccount(shelves, firstName, ['Main Street', 'Harbor Mall'], newId)
}
