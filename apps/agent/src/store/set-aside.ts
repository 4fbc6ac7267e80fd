import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'

/** Why files were set aside, by their names in the folder SetAside. */
export class SetAside {
  private readonly statements

  constructor(db: DatabaseSync) {
    this.statements = {
      note: db.prepare('INSERT INTO set_aside VALUES (?, ?, ?) ON CONFLICT DO NOTHING'),
      message: db.prepare('SELECT message FROM set_aside WHERE file_name = ?'),
    }
  }

  /** Notes why; false where that was noted before. */
  note(fileName: string, message: string): boolean {
    return this.statements.note.run(fileName, new Date().toISOString(), message).changes === 1
  }

  /** Null where it is not known: an earlier database knew. */
  messageOf(fileName: string): string | null {
    const row = this.statements.message.get(fileName)
    return row === undefined ? null : z.string().parse(row.message)
  }
}
