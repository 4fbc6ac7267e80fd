import { type FSWatcher, statSync, watch } from 'node:fs'
import type { Bell } from '../bell.ts'

/** Rings when something happens in a folder. The folder may come, go and come again. */
export class Watcher {
  private readonly folder: string
  private readonly bell: Bell
  private watcher: FSWatcher | undefined
  private identity: string | undefined

  constructor(folder: string, bell: Bell) {
    this.folder = folder
    this.bell = bell
  }

  /** Begins to watch where that is not the case, or where another folder has taken the place of the one watched. */
  ensure(): void {
    const found = statSync(this.folder, { throwIfNoEntry: false })
    // An inode's number alone may be given to the folder that comes next.
    const identity = found && `${found.ino}:${found.birthtimeMs}`
    if (this.watcher && identity === this.identity) return
    this.close()
    if (identity === undefined) return
    try {
      this.watcher = watch(this.folder, () => this.bell.ring())
      this.watcher.on('error', () => this.close())
      this.identity = identity
    } catch {
      // The slow look goes on without it.
    }
  }

  close(): void {
    this.watcher?.close()
    this.watcher = undefined
  }
}
