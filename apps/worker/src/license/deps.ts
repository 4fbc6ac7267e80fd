import { addLicenseKey, type Database } from '@jumpring/db'
import type { Env } from '../env.ts'
import { kmsSigner } from './kms.ts'
import { folderMailer, type Mailer, sesMailer } from './mail.ts'
import { type LicenseSigner, localSigner } from './signer.ts'

/** What the license activities share. */
export interface LicenseDeps {
  readonly db: Database
  /** The signer, once its public key is known to everybody. */
  signer(): Promise<LicenseSigner>
  readonly mail: Mailer
  readonly operatorEmail: string
}

export type LicenseSettings = Pick<
  Env,
  'LICENSE_KEY_FILE' | 'LICENSE_KMS_KEY' | 'MAIL_DIR' | 'MAIL_FROM' | 'OPERATOR_EMAIL'
>

/** Wires keys and mail as the settings say: files, unless AWS is named. */
export function licenseDeps(db: Database, env: LicenseSettings): LicenseDeps {
  const open = async (): Promise<LicenseSigner> => {
    const signer = env.LICENSE_KMS_KEY
      ? await kmsSigner(env.LICENSE_KMS_KEY)
      : await localSigner(env.LICENSE_KEY_FILE ?? '')
    await addLicenseKey(db, signer.publicKey)
    return signer
  }
  let opened: Promise<LicenseSigner> | undefined
  return {
    db,
    signer: () => {
      opened ??= open().catch((error) => {
        opened = undefined
        throw error
      })
      return opened
    },
    mail: env.MAIL_DIR === undefined ? sesMailer(env.MAIL_FROM) : folderMailer(env.MAIL_DIR, env.MAIL_FROM),
    operatorEmail: env.OPERATOR_EMAIL,
  }
}
