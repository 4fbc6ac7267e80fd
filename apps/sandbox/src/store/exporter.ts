import { createWriteStream, mkdirSync, readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { StoreDatabase } from './database.ts'
import { allRecords, changedRecords, type EdtList, type EdtRecord, edtLists } from './edt-lists.ts'
import { fileText, slowly } from './edt-text.ts'
import type { StoreSettings } from './settings.ts'

type TakenList = { list: EdtList; count: number; records: Iterable<EdtRecord> }
type Taken = { lists: TakenList[]; close: () => void }

/** Writes EDT files into the Inbox, one export after the other, as The Edge does. */
export class Exporter {
  readonly #database: StoreDatabase
  readonly #settings: () => StoreSettings
  readonly #inbox: string
  #collecting: NodeJS.Timeout | undefined
  #work: Promise<unknown> = Promise.resolve()
  #closed = false

  constructor(database: StoreDatabase, settings: () => StoreSettings, inbox: string) {
    this.#database = database
    this.#settings = settings
    this.#inbox = inbox
    mkdirSync(inbox, { recursive: true })
  }

  /** To be called after each change: the changed records go out together, a little later. */
  changed(): void {
    const { autoExport, collectMs } = this.#settings()
    if (!autoExport || this.#closed) return
    this.#collecting ??= setTimeout(() => {
      this.#collecting = undefined
      void this.export('changed')
    }, collectMs)
  }

  /** Writes files of all records, or of the changed ones. Gives their paths, the customers' first; none when nothing has changed. */
  export(which: 'all' | 'changed'): Promise<string[]> {
    const files = this.#work.then(() => this.#export(which))
    this.#work = files.catch(() => undefined)
    return files
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#collecting)
    await this.#work
  }

  async #export(which: 'all' | 'changed'): Promise<string[]> {
    const { lists, close } = which === 'all' ? this.#takeAll() : this.#takeChanged()
    try {
      const files: string[] = []
      const stamp = lists.length > 0 ? this.#nextStamp() : ''
      for (const one of lists) files.push(...(await this.#write(`${stamp}${which === 'all' ? '-FULL' : ''}`, one)))
      return files
    } finally {
      close()
    }
  }

  /** Everything as it is now. The customers are written even where there are none. */
  #takeAll(): Taken {
    // In one transaction, so that no change slips in between reading and forgetting.
    return this.#database.inTransaction(() => {
      const rows = this.#database.snapshot()
      this.#database.forgetChanged()
      const lists = edtLists.map((list) => ({ list, count: rows.count(list.table), records: allRecords(rows, list) }))
      return {
        lists: lists.filter(({ list, count }) => count > 0 || list.file === 'CustomerList'),
        close: () => rows.close(),
      }
    })
  }

  #takeChanged(): Taken {
    return this.#database.inTransaction(() => {
      const lists = edtLists.map((list) => ({ list, records: changedRecords(this.#database, list) }))
      this.#database.forgetChanged()
      const taken = lists.map((one) => ({ ...one, count: one.records.length })).filter(({ count }) => count > 0)
      return { lists: taken, close: () => undefined }
    })
  }

  /** Writes a list, in parts where it is large. */
  async #write(head: string, { list, count, records }: TakenList): Promise<string[]> {
    const settings = this.#settings()
    const name = `${head}-${list.file}.${settings.ending}`
    // EDT: only the sales history is split.
    if (list.file !== 'Transaction' || count <= settings.partLines) return [await this.#writeFile(name, list, records)]
    const files: string[] = []
    const iterator = records[Symbol.iterator]()
    for (let part = 1; (part - 1) * settings.partLines < count; part++) {
      files.push(await this.#writeFile(`${part}-${name}`, list, next(iterator, settings.partLines)))
    }
    return files
  }

  async #writeFile(name: string, list: EdtList, records: Iterable<EdtRecord>): Promise<string> {
    const settings = this.#settings()
    const path = join(this.#inbox, name)
    const text = fileText(list.array, records, settings)
    if (settings.writing === 'slow') {
      await pipeline(Readable.from(slowly(text, settings, () => this.#closed)), createWriteStream(path))
      return path
    }
    const unfinished = join(this.#inbox, `~${name}.tmp`)
    await pipeline(Readable.from(text), createWriteStream(unfinished))
    renameSync(unfinished, path)
    return path
  }

  /** EDT: a file's name begins with its time in whole seconds. Two exports never share one, so the clock may run ahead a little. */
  #nextStamp(): string {
    const last = Number(this.#database.fact('lastExportSecond') ?? 0)
    let second = Math.max(Math.floor(Date.now() / 1000), last + 1)
    const taken = readdirSync(this.#inbox)
    while (taken.some((name) => name.includes(stampOf(second)))) second++
    this.#database.setFact('lastExportSecond', String(second))
    return stampOf(second)
  }
}

function stampOf(second: number): string {
  return new Date(second * 1000).toISOString().slice(0, 19).replace(/[T:]/g, '-')
}

/** The next few of an iterator, which stays open. */
function* next<T>(iterator: Iterator<T>, count: number): Generator<T> {
  for (let taken = 0; taken < count; taken++) {
    const { done, value } = iterator.next()
    if (done) return
    yield value
  }
}
