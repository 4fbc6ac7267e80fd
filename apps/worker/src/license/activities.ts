import {
  alertOfLicense,
  expireLicense,
  keepLicenseFile,
  type LicenseSeen,
  noteLicenseMailed,
  noteLicenseReminded,
  noteLicenseTold,
  seeLicense,
} from '@jumpring/db'
import type { LicenseActivities, LicenseInput } from '@jumpring/workflows'
import { unexpected } from '../activities.ts'
import type { LicenseDeps } from './deps.ts'
import { signLicense } from './signer.ts'
import {
  endingAlert,
  endingMail,
  endMail,
  expiredAlert,
  fileNameOf,
  issuedMail,
  requestedAlert,
  requestedMail,
} from './texts.ts'

/** The license workflow's activities, wired to database, key and mail. */
export function createLicenseActivities(deps: LicenseDeps): LicenseActivities {
  const { db, mail, operatorEmail } = deps

  /** A step with the license as it stands; nothing when it is gone or has another status meanwhile. */
  const step =
    <Input extends LicenseInput>(
      statuses: readonly LicenseSeen['status'][],
      work: (license: LicenseSeen, input: Input) => Promise<void>,
    ) =>
    async (input: Input): Promise<void> => {
      try {
        const license = await seeLicense(db, input)
        if (license !== null && statuses.includes(license.status)) await work(license, input)
      } catch (error) {
        throw unexpected(error)
      }
    }

  return {
    readLicense: async (input) => {
      const license = await seeLicense(db, input, true).catch((error) => {
        throw unexpected(error)
      })
      if (license === null) return { status: 'gone', until: null, mailed: false, remindedDays: [], told: false }
      const { status, until, mailed, remindedDays, told } = license
      return { status, until: until?.getTime() ?? null, mailed, remindedDays, told }
    },

    alertOperator: step(['requested'], async (license) => {
      await alertOfLicense(db, license, 'license_requested', requestedAlert(license))
      await mail({ id: `license-${license.id}-requested`, to: operatorEmail, ...requestedMail(license) })
    }),

    signLicense: step(['signing'], async (license, input) => {
      const { id, tenantId, tenantName, connectionId, store, platform, tier, webStore, serial, from, until } = license
      if (store === null || serial === null || from === null || until === null)
        throw new Error('A license without a store, a serial or an end cannot be signed.')
      const file = await signLicense(await deps.signer(), {
        id,
        serial,
        tenant: { id: tenantId, name: tenantName },
        store,
        connectionId,
        platform,
        tier,
        webStore,
        from: from.toISOString(),
        until: until.toISOString(),
      })
      await keepLicenseFile(db, input, file)
    }),

    mailLicense: step(['issued', 'active'], async (license, input) => {
      if (license.file === null) throw new Error('An issued license has no file.')
      await mail({
        id: `license-${license.id}-issued`,
        to: license.mailTo,
        ...issuedMail(license),
        attachment: { name: fileNameOf(license), content: license.file },
      })
      await noteLicenseMailed(db, input)
    }),

    remindOfLicense: step<LicenseInput & { days: number }>(['active'], async (license, input) => {
      await alertOfLicense(db, license, 'license_ending', endingAlert(license))
      await mail({ id: `license-${license.id}-ending-${input.days}`, to: license.mailTo, ...endingMail(license) })
      await noteLicenseReminded(db, input, input.days)
    }),

    expireLicense: step(['issued', 'active'], async (license, input) => {
      await expireLicense(db, { ...input, connectionId: license.connectionId }, expiredAlert(license))
    }),

    tellLicenseEnd: step(['expired', 'revoked'], async (license, input) => {
      // Who cannot have had the file need not know of its end. It need not have come by mail: the admin API shows it once it is signed.
      if (license.file !== null)
        await mail({ id: `license-${license.id}-ended`, to: license.mailTo, ...endMail(license) })
      await noteLicenseTold(db, input)
    }),
  }
}
