import { homedir } from 'node:os'
import { join } from 'node:path'

/** The checkout's root. */
export const root = join(import.meta.dirname, '..', '..')

/** Everything that running or testing leaves behind in this checkout. */
export const stateDir = join(root, '.jumpring')

/** Downloaded programs, shared by all checkouts of this user, so that a fresh clone need not download again. */
export const userCacheDir = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'jumpring')
