import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command, Report, Wish } from '@jumpring/contracts'
import { expect } from 'vitest'
import { z } from 'zod'
import { takeCommands, writePrepared } from '../src/downlink/apply.ts'
import { scanFile } from '../src/edt/read-file.ts'
import { openStore, type Store } from '../src/store/store.ts'
import { storeSettingsSchema } from '../src/store-settings.ts'
import { edtFile, type MadeUpCustomer, StoreFolder } from './store.ts'

export const entries = z.array(z.object({ Key: z.string(), PairValue: z.record(z.string(), z.unknown()) }))
const importSchema = z.object({
  Customers: z.tuple([
    z.object({
      Key: z.string().optional(),
      PairValue: z.looseObject({ Phones: entries, Emails: entries, Addresses: entries, CustomerTransfer: z.unknown() }),
    }),
  ]),
})
type Imported = z.infer<typeof importSchema>['Customers'][0]

/** A store's folder and its agent's memory; commands come in and The Edge exports as a test says. A full export was read. */
export interface CommandedShop {
  readonly folder: StoreFolder
  /** The agent's memory. */
  memory(): Store
  /** The Edge shows these, and the agent reads it. */
  exports(...records: unknown[]): Promise<void>
  /** The agent takes a command and writes its file. @returns the command's id */
  take(wish: Wish, id?: string): Promise<string>
  /** What the cloud has still to be told of a command. */
  reportOf(id: string): Report | undefined
  /** What lies in the Outbox for The Edge, oldest first. */
  imports(): Imported[]
  /** The agent starts again. */
  restart(): void
  close(): void
}

export function openCommandedShop(): CommandedShop {
  const folder = new StoreFolder()
  let store = openStore(folder.data)
  store.state.set('fullRead', ['customer'])
  let exported = 0
  return {
    folder,
    memory: () => store,
    exports: async (...records) => {
      exported += 1
      const path = join(folder.root, `${exported}-CustomerList.json`)
      writeFileSync(path, edtFile(records))
      await scanFile(store, path, storeSettingsSchema.parse({ region: 'US' }))
    },
    take: async (wish, id = randomUUID()) => {
      const command: Command = { id, wish }
      expect(takeCommands(store, [command])).toEqual(['taken'])
      await writePrepared(store, folder.edt)
      return id
    },
    reportOf: (id) => store.commands.unreported(1000).find((report) => report.id === id),
    imports: () => folder.outbox().map(({ json }) => importSchema.parse(json).Customers[0]),
    restart: () => {
      store.db.close()
      store = openStore(folder.data)
    },
    close: () => {
      store.db.close()
      folder.remove()
    },
  }
}

export const nora: MadeUpCustomer = {
  key: '001-000017',
  first: 'Nora',
  last: 'Lindqvist',
  phones: [
    { type: 'home', number: '2035550117' },
    { type: 'home', number: '(203) 555-0118', doNotContact: 'Y' },
  ],
  emails: ['nora@example.com'],
}

/** Nora is to get these. */
export const add = (more: Partial<Extract<Wish, { do: 'addMethods' }>>): Wish => ({
  do: 'addMethods',
  key: '001-00017',
  phones: [],
  emails: [],
  addresses: [],
  optedOutPhones: [],
  ...more,
})

/** Olaf is to be a customer. */
export const create = (more: Partial<Extract<Wish, { do: 'createCustomer' }>> = {}): Wish => ({
  do: 'createCustomer',
  firstName: 'Olaf',
  lastName: 'Berg',
  phones: ['+12035550155'],
  emails: ['olaf@example.com'],
  addresses: [],
  optedOutPhones: [],
  ...more,
})
