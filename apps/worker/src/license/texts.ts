import { platformNames, tierNames } from '@jumpring/contracts'
import type { LicenseSeen } from '@jumpring/db'

/** What people read of a license, in mails and alerts. */
interface Text {
  readonly subject: string
  readonly text: string
}

const day = (instant: Date | null): string => instant?.toISOString().slice(0, 10) ?? '?'
const sold = ({ platform, tier }: LicenseSeen): string => `${platformNames[platform]}, ${tierNames[tier]}`

/** What the file is called that the store gets: `podium-JR-0001-3.license`. */
export const fileNameOf = ({ platform, store, serial }: LicenseSeen): string => `${platform}-${store}-${serial}.license`

export function requestedAlert(license: LicenseSeen): string {
  return `${license.tenantName} asks for a license: ${sold(license)}, store ${license.store}.`
}

export function requestedMail(license: LicenseSeen): Text {
  return {
    subject: `License asked for: ${license.tenantName}`,
    text: `${requestedAlert(license)}

Issue it in the admin API (issueLicense), or take the request back (revokeLicense).
License: ${license.id}
`,
  }
}

export function issuedMail(license: LicenseSeen): Text {
  const name = fileNameOf(license)
  return {
    subject: `Your license for ${platformNames[license.platform]}: ${tierNames[license.tier]}`,
    text: `The license of ${license.tenantName} for ${sold(license)} is attached. It is for the store ${license.store} and
holds from ${day(license.from)} until ${day(license.until)}.

To install it:

1. Save the attached file, ${name}, on the computer in the store on which the Jumpring agent runs.
2. Open a terminal there (on Windows: the Command Prompt) and type, with the agent's own folder:

   jumpring-agent license install ${name} --data <the agent's folder>

3. It answers "Installed" and says what is open now. If it refuses the file, it says why; the file of another
   store, or one that was changed, does not work.

Synchronization begins by itself as soon as it is installed. An earlier license need not be removed.
`,
  }
}

export function endingAlert(license: LicenseSeen): string {
  return `The license of ${license.tenantName} for ${sold(license)} ends on ${day(license.until)}.`
}

export function endingMail(license: LicenseSeen): Text {
  return {
    subject: `Your license for ${platformNames[license.platform]} ends on ${day(license.until)}`,
    text: `${endingAlert(license)}

After that day nothing is synchronized any more. Nothing is deleted, and what was missed is caught up once a new
license is installed. Ask ${platformNames[license.platform]} to renew it.
`,
  }
}

export function expiredAlert(license: LicenseSeen): string {
  return `The license of ${license.tenantName} for ${sold(license)} ended on ${day(license.until)}: nothing is synchronized.`
}

export function endMail(license: LicenseSeen): Text {
  const revoked = license.status === 'revoked'
  const what = revoked
    ? `The license of ${license.tenantName} for ${sold(license)} was revoked${license.reason ? `: ${license.reason}` : '.'}`
    : expiredAlert(license)
  return {
    subject: `Your license for ${platformNames[license.platform]} ${revoked ? 'was revoked' : 'has ended'}`,
    text: `${what}

Nothing was deleted, in the store or on ${platformNames[license.platform]}. What is missed from now on is caught up once a new
license is installed.
`,
  }
}
