import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Customers } from './customers.ts'
import type { StoreDatabase } from './database.ts'
import { importRecord } from './import-rules.ts'
import type { StoreSettings } from './settings.ts'

const fileSchema = z.object({ Customers: z.array(z.unknown()) })

/**
 * Takes CustomerList files from the Outbox. EDT: that takes two runs; one downloads a file, the next imports it. What is
 * not whole when it is downloaded fails: The Edge does not wait for who writes slowly.
 */
export class Importer {
  readonly #database: StoreDatabase
  readonly #customers: Customers
  readonly #settings: () => StoreSettings
  readonly #onImported: () => void
  readonly #outbox: string
  readonly #downloads: string
  #timer: NodeJS.Timeout | undefined

  constructor(
    database: StoreDatabase,
    customers: Customers,
    settings: () => StoreSettings,
    folders: { outbox: string; downloads: string },
    onImported: () => void,
  ) {
    this.#database = database
    this.#customers = customers
    this.#settings = settings
    this.#onImported = onImported
    this.#outbox = folders.outbox
    this.#downloads = folders.downloads
    for (const folder of [
      this.#outbox,
      join(this.#outbox, 'Imported'),
      join(this.#outbox, 'Failed'),
      this.#downloads,
    ]) {
      mkdirSync(folder, { recursive: true })
    }
    this.#plan()
  }

  /** One EDT run. */
  run(): void {
    const downloaded = customerLists(this.#downloads)
    for (const name of customerLists(this.#outbox)) {
      if (!downloaded.includes(name)) writeFileSync(join(this.#downloads, name), readFileSync(join(this.#outbox, name)))
    }
    for (const name of downloaded) this.#import(name)
  }

  close(): void {
    clearTimeout(this.#timer)
  }

  #plan(): void {
    this.#timer = setTimeout(() => {
      this.run()
      this.#plan()
    }, this.#settings().edtRunMs)
  }

  #import(name: string): void {
    const download = join(this.#downloads, name)
    const records = readRecords(download)
    if (records) {
      // All of a file or nothing: a restart in between imports it again.
      this.#database.inTransaction(() => {
        for (const record of records) {
          const outcome = importRecord(this.#customers, record, this.#settings().phonesImport)
          this.#database.logImport({ file: name, ...outcome })
        }
      })
    } else {
      const reason = 'the file is not a whole CustomerList'
      this.#database.logImport({ file: name, outcome: 'failed', key: null, webId: null, reason })
    }
    const original = join(this.#outbox, name)
    if (existsSync(original)) renameSync(original, join(this.#outbox, records ? 'Imported' : 'Failed', name))
    rmSync(download)
    if (records) this.#onImported()
  }
}

/** CustomerList files by their numeric prefix; what has none comes last, by name. */
function customerLists(folder: string): string[] {
  const prefix = (name: string) => Number.parseInt(name, 10)
  const names = readdirSync(folder).filter((name) => /customerlist\.json$/i.test(name))
  return names.sort((a, b) => {
    const [x, y] = [prefix(a), prefix(b)]
    if (Number.isNaN(x) || Number.isNaN(y) || x === y) return a < b ? -1 : 1
    return x - y
  })
}

function readRecords(path: string): unknown[] | undefined {
  try {
    return fileSchema.parse(JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''))).Customers
  } catch {
    return undefined
  }
}
