import { type Command, errorCodes, type Report, type Wish } from '@jumpring/contracts'
import type { CommandNotUnderstood } from '../cloud/client.ts'
import { toAddress, toEmail, toPhone } from '../edt/customer.ts'
import { shortText } from '../edt/fields.ts'
import { type CustomerChange, changeImport, creationImport, extendLists } from '../edt/import-form.ts'
import { writeOutboxFile } from '../edt/outbox.ts'
import { isFullyRead } from '../store/completeness.ts'
import { inTransaction } from '../store/database.ts'
import type { MirrorCustomer } from '../store/mirror.ts'
import type { Store } from '../store/store.ts'
import { findPerson } from './find-person.ts'
import { type ChangeWish, type CustomFieldsWish, customFieldsAfter, isFulfilled, missingFrom } from './wishes.ts'

type CreateWish = Extract<Command['wish'], { do: 'createCustomer' }>
type Refusal = Omit<Extract<Report, { outcome: 'failed' }>, 'id' | 'outcome'>

/** What can be written beside EDT's files. */
export interface CanWrite {
  /** What EDT has no place for, where The Edge's database is a source. */
  readonly statements: boolean
}

/** `held`: the store is not known well enough yet (no full export was read), the command stays with the cloud. */
export type Taken = 'taken' | 'held'

/**
 * Takes commands, in order: looks at the store as it is, and remembers what is to be done before anything is written.
 * A command that was taken before is only reported again. Whatever must be written is written by `writePrepared`.
 */
export function takeCommands(store: Store, commands: readonly Command[], canWrite?: CanWrite): Taken[] {
  return inTransaction(store.db, () => commands.map((command) => takeCommand(store, command, canWrite)))
}

/** Reports commands that this version does not understand, so that a person sees them and none holds up the others. */
export function refuseCommands(store: Store, commands: readonly CommandNotUnderstood[]): void {
  if (commands.length === 0) return
  inTransaction(store.db, () => {
    for (const command of commands) {
      const { id } = command
      const message = 'The agent in the store is too old for this change. Update it, then try it again.'
      if (store.commands.isKnown(id)) store.commands.reportAgain(id)
      else store.commands.addDone(command, { id, outcome: 'failed', code: 'command_failed', message })
    }
  })
}

function takeCommand(store: Store, command: Command, canWrite?: CanWrite): Taken {
  if (store.commands.isKnown(command.id)) {
    store.commands.reportAgain(command.id)
    return 'taken'
  }
  const { wish } = command
  switch (wish.do) {
    case 'createCustomer':
      return takeCreation(store, command, wish)
    case 'addMethods':
    case 'optOut':
      return takeChange(store, command, wish)
    case 'setCustomFields':
      return takeCustomFields(store, command, wish)
    case 'notificationStatus':
      return takeStatement(store, command, 'the state of a text message', canWrite)
    case 'putNote':
      return takeStatement(store, command, 'notes', canWrite)
    case 'putWish':
      return takeStatement(store, command, 'changes of wishes', canWrite)
    case 'addActivity':
      return takeStatement(store, command, 'the Activity tab', canWrite)
  }
}

function refuse(store: Store, { id, ...command }: Command, refusal: Refusal): Taken {
  store.commands.addDone({ id, ...command }, { id, outcome: 'failed', ...refusal })
  return 'taken'
}

/** Only The Edge's database can take it. */
function takeStatement(store: Store, command: Command, what: string, canWrite?: CanWrite): Taken {
  const { wish } = command
  if (!canWrite?.statements) {
    const message = `The EDT files have no place for ${what}: it takes The Edge's database as a source (docs/sql.md).`
    return refuse(store, command, { message })
  }
  if ('customer' in wish && store.mirror.customer(wish.customer) === undefined) return unknownCustomer(store, command)
  store.commands.addForDatabase(command)
  return 'taken'
}

/** Until all customers were read, one who is not there may only not have come up yet. */
function unknownCustomer(store: Store, command: Command): Taken {
  if (!isFullyRead(store, 'customer')) return 'held'
  return refuse(store, command, { message: 'The store has no customer of this number.' })
}

/** Writes the files of all prepared commands: after taking some, and at the start those that a crash left. */
export async function writePrepared(store: Store, edtDir: string): Promise<void> {
  for (const { id, file } of store.commands.prepared()) {
    await writeOutboxFile(edtDir, file)
    store.commands.markWritten(id)
  }
}

function takeCreation(store: Store, command: Command, wish: CreateWish): Taken {
  const { mirror, commands, region } = store
  const { id } = command
  const existing = mirror.customerByWebId(id)
  if (existing) commands.addDone(command, { id, outcome: 'seen', key: existing.key })
  else if (!isFullyRead(store, 'customer')) return 'held'
  else {
    const person = findPerson(store, wish)
    if (person.kind === 'customer') commands.addDone(command, { id, outcome: 'matched', key: person.key })
    else if (person.kind === 'several') {
      const [code, message] = ['ambiguous_match' as const, errorCodes.ambiguous_match.meaning]
      commands.addDone(command, { id, outcome: 'failed', code, message })
    } else if (person.kind === 'coming' && person.underWay) commands.addUnderWay(command, { webId: person.webId })
    else {
      // Once more under the same id, which is unique to The Edge: should the earlier file be imported after all, only one of the two is.
      const webId = person.kind === 'coming' ? person.webId : id
      const content = creationImport(wish, webId, region)
      commands.addPrepared(command, { webId }, { name: nextName(store), content })
    }
  }
  return 'taken'
}

function takeChange(store: Store, command: Command, wish: ChangeWish): Taken {
  const { mirror, commands, region } = store
  const current = mirror.customer(wish.key)
  if (current === undefined) return unknownCustomer(store, command)
  const open = commands.openFor(wish.key)
  const expected = withWishes(
    current.lists,
    open.filter(({ underWay }) => underWay),
    region,
  )
  if (isFulfilled(missingFrom(methodsOf(expected), wish, region))) {
    if (isFulfilled(missingFrom(current.customer, wish, region))) {
      commands.addDone(command, { id: command.id, outcome: 'already' })
    } else commands.addUnderWay(command, { key: wish.key })
    return 'taken'
  }
  // What was not shown in time may be imported yet, and an import may replace the whole list: so it is in this one too.
  const lists = withWishes(current.lists, [...open, command], region)
  prepareChange(store, command, current, { lists, by: 'associate' in wish ? wish.associate : undefined })
  return 'taken'
}

/**
 * All or none of the fields. What is under way to one of them is waited for: only what The Edge shows can be compared with what is
 * expected. EDT's import compares nothing: an edit at the till within its two runs is overwritten, and comes up before the value does.
 */
function takeCustomFields(store: Store, command: Command, wish: CustomFieldsWish): Taken {
  const { mirror, commands, region } = store
  const { id } = command
  const current = mirror.customer(wish.key)
  if (current === undefined) return unknownCustomer(store, command)
  const open = commands.openFor(wish.key)
  const touches = (other: Wish) =>
    other.do === 'setCustomFields' && Object.keys(wish.fields).some((field) => field in other.fields)
  if (open.some((other) => other.underWay && touches(other.wish))) return 'held'
  const state = customFieldsAfter(current.customer, wish)
  const longest = Math.max(...Object.values(wish.fields).map((change) => change?.value?.length ?? 0))
  if (state === 'wished') commands.addDone(command, { id, outcome: 'already' })
  else if (state === 'other') commands.addDone(command, { id, outcome: 'changed' })
  else if (longest > shortText) {
    const message = `A custom field of The Edge has room for ${shortText} characters, the value has ${longest}.`
    return refuse(store, command, { code: 'value_does_not_fit', message })
  } else {
    const lists = withWishes(current.lists, open, region)
    prepareChange(store, command, current, { lists, by: wish.associate, customFields: wish.fields })
  }
  return 'taken'
}

function prepareChange(
  store: Store,
  command: Command,
  { key, rawKey, customer }: MirrorCustomer,
  change: Omit<CustomerChange, 'webId'>,
): void {
  const content = changeImport(rawKey, { ...change, webId: customer.webId ?? command.id })
  store.commands.addPrepared(command, { key }, { name: nextName(store), content })
}

/** A customer's lists as they will be once these commands are imported. */
function withWishes(
  lists: MirrorCustomer['lists'],
  commands: readonly Pick<Command, 'wish'>[],
  region: string,
): MirrorCustomer['lists'] {
  let extended = lists
  for (const { wish } of commands) {
    if (wish.do === 'addMethods' || wish.do === 'optOut') {
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
