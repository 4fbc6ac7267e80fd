import { type Command, errorCodes, type Report } from '@jumpring/contracts'
import { normalizeEmail } from '@jumpring/sync'
import { changeImport, creationImport, extendLists } from '../edt/import-form.ts'
import { toAddress, toEmail, toPhone } from '../edt/mapping.ts'
import { writeOutboxFile } from '../edt/outbox.ts'
import { inTransaction } from '../store/database.ts'
import type { MirrorCustomer } from '../store/mirror.ts'
import type { Store } from '../store/store.ts'
import { type ChangeWish, isFulfilled, missingFrom } from './wishes.ts'

type CreateWish = Exclude<Command['wish'], ChangeWish>

/** `held`: the store is not known well enough yet (no full export was read), the command stays with the cloud. */
export type Taken = 'taken' | 'held'

/**
 * Takes commands, in order: looks at the store as it is, and remembers what is to be done before anything is written.
 * A command that was taken before is only reported again. Whatever must be written is written by `writePrepared`.
 */
export function takeCommands(store: Store, commands: readonly Command[]): Taken[] {
  return inTransaction(store.db, () => commands.map((command) => takeCommand(store, command)))
}

function takeCommand(store: Store, command: Command): Taken {
  if (store.commands.isKnown(command.id)) {
    store.commands.reportAgain(command.id)
    return 'taken'
  }
  const { wish } = command
  return wish.do === 'createCustomer' ? takeCreation(store, command, wish) : takeChange(store, command, wish)
}

/** Writes the files of all prepared commands: after taking some, and at the start those that a crash left. */
export async function writePrepared(store: Store, edtDir: string): Promise<void> {
  for (const { id, file } of store.commands.prepared()) {
    await writeOutboxFile(edtDir, file)
    store.commands.markWritten(id)
  }
}

function takeCreation(store: Store, command: Command, wish: CreateWish): Taken {
  const { mirror, commands, state, region } = store
  const existing = mirror.customerByWebId(command.id)
  const sameEmail = existing ? [] : customersWithEmail(store, wish.emails)
  const match = oneOf(sameEmail)
  if (existing) commands.addDone(command, { id: command.id, outcome: 'seen', key: existing.key })
  else if (match) commands.addDone(command, { id: command.id, outcome: 'matched', key: match })
  else if (sameEmail.length > 0) {
    commands.addDone(command, { id: command.id, outcome: 'failed', message: errorCodes.ambiguous_match.meaning })
  } else if (!state.get('fullRead')) return 'held'
  else {
    const file = { name: nextName(store), content: creationImport(wish, command.id, region) }
    commands.addPrepared(command, null, file)
  }
  return 'taken'
}

function customersWithEmail({ mirror }: Store, emails: readonly string[]): MirrorCustomer[] {
  const found = new Map<string, MirrorCustomer>()
  for (const email of emails) {
    const normal = normalizeEmail(email)
    if (normal === null) continue
    for (const customer of mirror.customersByEmail(normal)) found.set(customer.key, customer)
  }
  return [...found.values()]
}

/** The customer meant by several with one e-mail: the only one, the only active one, or the primary of one couple. */
function oneOf(customers: readonly MirrorCustomer[]): string | undefined {
  const active = customers.filter(({ customer }) => !customer.inactive)
  const candidates = active.length > 0 ? active : customers
  const accounts = new Set(candidates.map(({ key, customer }) => customer.accountKey ?? key))
  if (candidates.length <= 1) return candidates[0]?.key
  const [primary] = accounts
  return accounts.size === 1 && candidates.some(({ key }) => key === primary) ? primary : undefined
}

function takeChange(store: Store, command: Command, wish: ChangeWish): Taken {
  const { mirror, commands, state, region } = store
  const current = mirror.customer(wish.key)
  if (current === undefined) {
    if (!state.get('fullRead')) return 'held'
    const report: Report = { id: command.id, outcome: 'failed', message: 'The store has no customer of this number.' }
    commands.addDone(command, report)
    return 'taken'
  }
  const underWay = withOpenCommands(store, current)
  const missing = missingFrom(methodsOf(underWay), wish, region)
  if (isFulfilled(missing)) {
    if (isFulfilled(missingFrom(current.customer, wish, region))) {
      commands.addDone(command, { id: command.id, outcome: 'already' })
    } else commands.addUnderWay(command, wish.key)
    return 'taken'
  }
  const lists = extendLists(underWay, missing, region)
  const webId = current.customer.webId ?? command.id
  commands.addPrepared(command, wish.key, {
    name: nextName(store),
    content: changeImport(current.rawKey, lists, webId),
  })
  return 'taken'
}

/** The customer's lists as they will be once all open commands are imported: an import may replace the whole list. */
function withOpenCommands({ commands, region }: Store, { key, lists }: MirrorCustomer): MirrorCustomer['lists'] {
  let extended = lists
  for (const { wish } of commands.openFor(key)) {
    if (wish.do !== 'createCustomer') {
      extended = extendLists(extended, missingFrom(methodsOf(extended), wish, region), region)
    }
  }
  return extended
}

function methodsOf(lists: MirrorCustomer['lists']) {
  return {
    phones: lists.Phones.flatMap(toPhone),
    emails: lists.Emails.flatMap(toEmail),
    addresses: lists.Addresses.flatMap(toAddress),
  }
}

/** EDT: the prefix is best numeric and rising. Taken from the clock, so that it rises even when this database was lost. */
function nextName({ state }: Store): string {
  const number = Math.max((state.get('outboxNumber') ?? 0) + 1, Date.now())
  state.set('outboxNumber', number)
  return `${number}-CustomerList.json`
}
