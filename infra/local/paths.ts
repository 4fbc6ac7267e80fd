import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/** The checkout's root. */
export const root = join(import.meta.dirname, '..', '..')

/** Everything that running or testing leaves behind: `.jumpring` in this checkout, or where JUMPRING_DIR says. */
export const stateDir = resolve(process.env.JUMPRING_DIR ?? join(root, '.jumpring'))

/** Downloaded programs, shared by all checkouts of this user, so that a fresh clone need not download again. */
export const userCacheDir = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'jumpring')
