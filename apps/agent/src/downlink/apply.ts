import { type Command, errorCodes, type Report } from '@jumpring/contracts'
import type { CommandNotUnderstood } from '../cloud/client.ts'
import { toAddress, toEmail, toPhone } from '../edt/customer.ts'
import { changeImport, creationImport, extendLists } from '../edt/import-form.ts'
import { writeOutboxFile } from '../edt/outbox.ts'
import { isFullyRead } from '../store/completeness.ts'
import { inTransaction } from '../store/database.ts'
import type { MirrorCustomer } from '../store/mirror.ts'
import type { Store } from '../store/store.ts'
import { findPerson } from './find-person.ts'
import { type ChangeWish, isFulfilled, missingFrom } from './wishes.ts'

type CreateWish = Extract<Command['wish'], { do: 'createCustomer' }>

/** What can be written beside EDT's files: the state of text messages, where The Edge's database is a source. */
export interface CanWrite {
  readonly statuses: boolean
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
    case 'notificationStatus':
      return takeStatus(store, command, canWrite)
    case 'setCustomFields':
    case 'putNote':
    case 'putWish':
    case 'addActivity':
      return refuse(store, command, 'The agent in the store is too old for this change. Update it, then try it again.')
  }
}

function refuse(store: Store, command: Command, message: string): Taken {
  store.commands.addDone(command, { id: command.id, outcome: 'failed', message })
  return 'taken'
}

/** EDT has no file for notifications: only The Edge's database can take it. */
function takeStatus(store: Store, command: Command, canWrite?: CanWrite): Taken {
  if (canWrite?.statuses) {
    store.commands.addForDatabase(command)
    return 'taken'
  }
  return refuse(store, command, 'The EDT files have no place for the state of a text message.')
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
  if (current === undefined) {
    if (!isFullyRead(store, 'customer')) return 'held'
    const report: Report = { id: command.id, outcome: 'failed', message: 'The store has no customer of this number.' }
    commands.addDone(command, report)
    return 'taken'
  }
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
  const webId = current.customer.webId ?? command.id
  const content = changeImport(current.rawKey, lists, webId)
  commands.addPrepared(command, { key: wish.key }, { name: nextName(store), content })
  return 'taken'
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
