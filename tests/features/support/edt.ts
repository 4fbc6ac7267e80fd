import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A record of a customer export. EDT: `{ Key, PairValue }`; a child's Key is its type. */
export interface EdtRecord {
  Key: unknown
  PairValue: Record<string, unknown>
}

/** A made-up customer in EDT's form, with the fields that must stay in the store. `more` overwrites any field. */
export function edtCustomer(
  key: string,
  name: string,
  methods: { phones?: string[]; emails?: string[] } = {},
  more: Record<string, unknown> = {},
): EdtRecord {
  const [CustomerFirstName, ...rest] = name.split(' ')
  const { phones = [], emails = [] } = methods
  return {
    Key: key,
    PairValue: {
      CustomerStoreId: 1,
      CustomerKey: key,
      CustomerFirstName,
      CustomerLastName: rest.join(' '),
      CustomerInactive: false,
      Addresses: [],
      Phones: phones.map((PhonePhone) => ({
        Key: 'Cell',
        PairValue: { PhoneCustKey: key, PhoneType: 'Cell', PhonePhone, PhoneDoNotContact: false, PhonePhoneExt: '' },
      })),
      Emails: emails.map((EmailEmail) => ({
        Key: 'Home',
        PairValue: { EmailCustKey: key, EmailType: 'Home', EmailEmail, EmailSendPromo: true },
      })),
      ...more,
    },
  }
}

let second = 0

/**
 * Puts a file into the Inbox of an EDT folder as The Edge does: under a name of its own that sorts behind the earlier ones,
 * whole at once. Gives its name.
 */
export async function dropFile(
  edtFolder: string,
  content: string | Buffer,
  options: { full?: boolean; ending?: string } = {},
): Promise<string> {
  const { full = false, ending = '.json' } = options
  const inbox = join(edtFolder, 'Inbox')
  await mkdir(inbox, { recursive: true })
  const stamp = new Date(Date.UTC(2027, 0, 1) + 1000 * ++second).toISOString().slice(0, 19).replace(/[T:]/g, '-')
  const name = `${stamp}-${full ? 'FULL-' : ''}CustomerList${ending}`
  const unfinished = join(inbox, `~${name}.tmp`)
  await writeFile(unfinished, content)
  await rename(unfinished, join(inbox, name))
  return name
}

/** An export of these records. */
export function edtFile(records: readonly unknown[]): string {
  return JSON.stringify({ Customers: records })
}
