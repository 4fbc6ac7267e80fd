import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js'

export function normalizePhone(raw: string, region: string): string | null {
  const country: CountryCode | undefined = isSupportedCountry(region) ? region : undefined
  const phone = parsePhoneNumberFromString(raw, country)
  return phone?.isPossible() ? phone.number : null
}
export function normalizeEmail(raw: string): string | null {
  const email = raw.trim().toLowerCase()
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email) ? email : null
}
