import type { User } from '../generated/client.ts'
import { type Database, inDirectory } from '../scope.ts'
import { conflictAs } from './conflict.ts'

/** A person who signs in. */
export type Person = User
export interface NewPerson {
  /** Lower case: people do not remember how they wrote it. */
  readonly email: string
  readonly passwordHash: string
  readonly role: string
  readonly vendorId: string | null
  readonly tenantId: string | null
}

export function findPersonByEmail(db: Database, email: string): Promise<Person | null> {
  return inDirectory(db, { as: 'system' }, (directory) => directory.user.findUnique({ where: { email } }))
}

export function findPerson(db: Database, id: string): Promise<Person | null> {
  return inDirectory(db, { as: 'system' }, (directory) => directory.user.findUnique({ where: { id } }))
}

/** @throws `conflict` when somebody has this e-mail */
export function createPerson(db: Database, person: NewPerson): Promise<Person> {
  return conflictAs('Somebody with this e-mail can sign in already.', () =>
    inDirectory(db, { as: 'system' }, (directory) => directory.user.create({ data: person })),
  )
}

/** Adds a person unless somebody has this e-mail; safe from several processes at once. */
export async function createPersonIfAbsent(db: Database, person: NewPerson): Promise<void> {
  await inDirectory(db, { as: 'system' }, (directory) =>
    directory.user.createMany({ data: person, skipDuplicates: true }),
  )
}
