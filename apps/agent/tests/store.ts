import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface MadeUpCustomer {
  readonly key: string
  readonly first: string
  readonly last: string
  readonly phones?: readonly { type: string; number: string; doNotContact?: unknown }[]
  readonly emails?: readonly string[]
  readonly more?: Record<string, unknown>
}

/** A record as The Edge exports it. EDT: `{ Key, PairValue }`, children keyed by their type. */
export function edtRecord({ key, first, last, phones = [], emails = [], more = {} }: MadeUpCustomer): unknown {
  return {
    Key: key,
    PairValue: {
      CustomerStoreId: 1,
      CustomerKey: key,
      CustomerTitle: '',
      CustomerFirstName: first,
      CustomerLastName: last,
      CustomerSSNO: '078-05-1120',
      CustomerTaxId: '98-7654321',
      CustomerInactive: 'N',
      ...more,
      Addresses: [],
      Emails: emails.map((address) => ({
        Key: 'Home',
        PairValue: { EmailCustKey: key, EmailType: 'Home', EmailEmail: address, EmailSendPromo: 'Y' },
      })),
      Phones: phones.map(({ type, number, doNotContact = 'N' }) => ({
        Key: type,
        PairValue: {
          PhoneCustKey: key,
          PhoneType: type,
          PhonePhone: number,
          PhoneDoNotContact: doNotContact,
          PhonePhoneExt: '',
        },
      })),
    },
  }
}

export const edtFile = (records: readonly unknown[]): string => JSON.stringify({ Customers: records })

/** A store's EDT folder and a data folder, deleted at the end. */
export class StoreFolder {
  readonly root = mkdtempSync(join(tmpdir(), 'jumpring-agent-'))
  readonly edt = join(this.root, 'JR-0001')
  readonly data = join(this.root, 'data')
  private stamp = 0

  constructor() {
    for (const folder of ['Inbox', 'Outbox']) mkdirSync(join(this.edt, folder), { recursive: true })
  }

  /** Exports as The Edge would: a stamped name, the file whole at once. Returns its name. */
  export(customers: readonly MadeUpCustomer[], full = false): string {
    return this.drop(this.nextName(full), edtFile(customers.map(edtRecord)))
  }

  nextName(full = false): string {
    this.stamp += 1
    const time = new Date(Date.UTC(2026, 2, 3, 11, 0, this.stamp)).toISOString().slice(0, 19).replace(/[T:]/g, '-')
    return `${time}-${full ? 'FULL-' : ''}CustomerList.json`
  }

  drop(name: string, content: string | Buffer): string {
    const unfinished = join(this.root, 'unfinished')
    writeFileSync(unfinished, content)
    renameSync(unfinished, join(this.edt, 'Inbox', name))
    return name
  }

  list(folder: 'Inbox' | 'Outbox' | 'Processed' | 'SetAside'): string[] {
    try {
      return readdirSync(join(this.edt, folder)).sort()
    } catch {
      return []
    }
  }

  outbox(): { name: string; json: unknown }[] {
    return this.list('Outbox').map((name) => ({
      name,
      json: JSON.parse(readFileSync(join(this.edt, 'Outbox', name), 'utf8')),
    }))
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true })
  }
}
