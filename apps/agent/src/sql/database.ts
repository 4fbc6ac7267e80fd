/** A row as a driver gives it: names as the database writes them, types as the driver likes. */
export type RawRow = Readonly<Record<string, unknown>>
/** A key or a stamp, as it is bound to a `?`. */
export type Parameter = string | number
/** What may be bound to a `?`. */
export type Bindable = Parameter | null

/** Statements within one transaction. */
export interface Session {
  query(sql: string, parameters: readonly Bindable[]): Promise<readonly RawRow[]>
  /** Runs a statement that gives no rows; gives the number of rows that it changed. */
  change(sql: string, parameters: readonly Bindable[]): Promise<number>
}

/**
 * The Edge's database, by whatever driver. One transaction at a time; each is short, so that the store's own work never waits for it.
 * Failures are thrown as the driver gives them, see `sentenceOf`.
 */
export interface EdgeDatabase {
  /** Reads that see one state of the database. They write nothing. */
  read<Result>(work: (session: Session) => Promise<Result>): Promise<Result>
  /** One transaction that is on the disk when this returns; nothing of it where `work` throws. */
  write<Result>(work: (session: Session) => Promise<Result>): Promise<Result>
  close(): Promise<void>
}

/** Opens The Edge's database. Throws where it cannot be reached, or where the driver is not installed. */
export type OpenDatabase = () => Promise<EdgeDatabase>

/** Lets one piece of work run at a time, in the order of asking. */
export class Turns {
  private last: Promise<unknown> = Promise.resolve()

  take<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.last.then(work, work)
    this.last = turn.catch(() => undefined)
    return turn
  }
}
