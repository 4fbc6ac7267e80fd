import { createWriteStream, existsSync, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { sameNumber } from './customer.ts'
import type { StoreDatabase } from './database.ts'
import type { StoreSettings } from './settings.ts'

const chunkChars = 256 * 1024
const isoStamp = /"(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d:\d\d)"/g
const dateForms = ['iso', 'us', 'date'] as const

/** Writes CustomerList files into the Inbox, one after the other, as The Edge does. */
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

  /** To be called after each change: the changed customers go out together, a little later. */
  changed(): void {
    const { autoExport, collectMs } = this.#settings()
    if (!autoExport || this.#closed) return
    this.#collecting ??= setTimeout(() => {
      this.#collecting = undefined
      void this.export('changed')
    }, collectMs)
  }

  /** Writes a file of all customers, or of the changed ones. Gives its path; undefined when nothing has changed. */
  export(which: 'all' | 'changed'): Promise<string | undefined> {
    const file = this.#work.then(() => this.#export(which))
    this.#work = file.catch(() => undefined)
    return file
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#collecting)
    await this.#work
  }

  async #export(which: 'all' | 'changed'): Promise<string | undefined> {
    // The changed ones are read at once, so that none slips in between reading and forgetting.
    const rows = which === 'all' ? this.#database.all() : this.#database.changed()
    if (Array.isArray(rows) && rows.length === 0) return undefined
    this.#database.forgetChanged()
    const settings = this.#settings()
    const name = `${this.#nextStamp()}-${which === 'all' ? 'FULL-' : ''}CustomerList.${settings.ending}`
    const path = join(this.#inbox, name)
    if (settings.writing === 'slow') {
      await pipeline(
        Readable.from(slowly(fileText(rows, settings), settings, () => this.#closed)),
        createWriteStream(path),
      )
      return path
    }
    const unfinished = join(this.#inbox, `~${name}.tmp`)
    await pipeline(Readable.from(fileText(rows, settings)), createWriteStream(unfinished))
    renameSync(unfinished, path)
    return path
  }

  /** EDT: a file's name begins with its time in whole seconds. Two never share one, so the clock may run ahead a little. */
  #nextStamp(): string {
    const last = Number(this.#database.fact('lastExportSecond') ?? 0)
    let second = Math.max(Math.floor(Date.now() / 1000), last + 1)
    while (existsSync(join(this.#inbox, `${stampOf(second)}-CustomerList.json`))) second++
    this.#database.setFact('lastExportSecond', String(second))
    return stampOf(second)
  }
}

function stampOf(second: number): string {
  return new Date(second * 1000).toISOString().slice(0, 19).replace(/[T:]/g, '-')
}

function* fileText(rows: Iterable<{ key: string; body: string }>, settings: StoreSettings): Generator<string> {
  let chunk = `${settings.byteOrderMark ? '\uFEFF' : ''}{"Customers":[`
  let between = ''
  for (const { key, body } of rows) {
    chunk += `${between}{"Key":${JSON.stringify(key)},"PairValue":${withDates(body, key, settings.dates)}}`
    between = ',\n'
    if (chunk.length < chunkChars) continue
    yield chunk
    chunk = ''
  }
  yield `${chunk}]}`
}

/** A customer's dates look the same in every file, so that an unchanged customer is the same bytes. */
function withDates(body: string, key: string, form: StoreSettings['dates']): string {
  const mixed = dateForms[Number(sameNumber(key).split('-')[1]) % dateForms.length] ?? 'iso'
  const wanted = form === 'mixed' ? mixed : form
  if (wanted === 'iso') return body
  return body.replace(isoStamp, (_, year, month, day, time) =>
    wanted === 'us' ? `"${month}/${day}/${year} ${time}"` : `"${year}-${month}-${day}"`,
  )
}

async function* slowly(
  text: Iterable<string>,
  settings: StoreSettings,
  stopped: () => boolean,
): AsyncGenerator<Buffer> {
  // Cut by bytes: a letter with an accent may come in two pieces.
  const all = Buffer.from([...text].join(''))
  const length = Math.ceil(all.length / settings.pieces)
  for (let start = 0; start < all.length; start += length) {
    if (start > 0 && !stopped()) await wait(settings.pieceWaitMs)
    yield all.subarray(start, start + length)
  }
}
