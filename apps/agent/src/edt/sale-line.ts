import { saleLineSchema } from '@jumpring/contracts'
import { normalizeItemKey, normalizeKey } from '@jumpring/sync'
import type { ReadOf, Unreadable } from '../store/reading.ts'
import type { StoreSettings } from '../store-settings.ts'
import { associateFields, associateOf, instantOf, keyOf, moneyOf, wholeNumber } from './fields.ts'
import { checked, fieldsSchema, parseRecord, withoutGaps } from './record.ts'
import { text } from './values.ts'

/** Raise it when the mapping below gives another line for the same record. */
export const saleLineMapping = 2

/** All that is read of a line. SalelineCost, SalelineBonusPct and Salelinecc… are not named, so they cannot be sent (AG-04). */
const pairSchema = fieldsSchema([
  'SalelineSaleKey',
  'SalelineLineNo',
  'SalelineAmount',
  'SalelineCustKey',
  'SalelineDesc',
  'SalelineItemKey',
  'SalelineItemType',
  'SalelineInstanceOf',
  'SalelineEnvKey',
  'SalelineUpdateDate',
  'SalelineUpdateDateTime',
  // From a database only (our assumption): of the head of the sale, and of what the line is set aside in.
  'SaleDate',
  'SaleAsKey',
  'EnvType',
  ...associateFields,
])

/** Reads one record of a transaction export from its bytes. */
export function readSaleLine(bytes: Buffer, settings: StoreSettings): ReadOf<'saleLine'> | Unreadable {
  const found = parseRecord(bytes, pairSchema)
  if ('message' in found) return found
  const { pair: line } = found
  const number = wholeNumber(line.SalelineLineNo)
  if (number === undefined || number < 1) return { key: null, message: 'SalelineLineNo is not a line number.' }
  const rawSale = text(line.SalelineSaleKey)
  const sale = rawSale === undefined ? null : normalizeKey(rawSale)
  if (rawSale === undefined || sale === null) {
    const message = 'SalelineSaleKey is missing, or is not a number of the known form.'
    return { key: keyFrom(found.rawKey, number), message }
  }
  const faults: string[] = []
  const amount = moneyOf('SalelineAmount', line.SalelineAmount, settings.currency, faults)
  if (amount === undefined && faults.length === 0) faults.push('SalelineAmount is empty.')
  const itemType = text(line.SalelineItemType)
  const record = withoutGaps({
    sale,
    line: number,
    customer: keyOf('SalelineCustKey', line.SalelineCustKey, normalizeKey, faults),
    // EDT has no date of a sale. Our assumption: a line is written when it is sold, and again when it ceases to be on layaway.
    soldAt: instantOf(line.SaleDate ?? line.SalelineUpdateDateTime ?? line.SalelineUpdateDate, settings.timeZone),
    amount,
    description: text(line.SalelineDesc),
    // EDT: of a bulk item SalelineInstanceOf has the number.
    item: normalizeItemKey(text(line.SalelineItemKey) ?? text(line.SalelineInstanceOf) ?? '') ?? undefined,
    itemType,
    open: text(line.SalelineEnvKey) === undefined ? undefined : openAs(text(line.EnvType), itemType),
    associate: associateOf(line.SaleAsKey, line),
  })
  return checked({ kind: 'saleLine', key: `${sale}/${number}`, rawKey: rawSale }, saleLineSchema, record, faults)
}

/** EDT says of SalelineEnvKey: layaway. Our assumption: on a line of type `S` it is a special order that is not picked up yet. */
function openAs(envelope: string | undefined, itemType: string | undefined) {
  if (envelope !== undefined) return /special/i.test(envelope) ? 'special_order' : 'layaway'
  return itemType?.toUpperCase() === 'S' ? 'special_order' : 'layaway'
}

/**
 * The key of a line without a sale number, for its entry in the quarantine only: EDT runs sale and line together without a separator.
 * With it the entry is resolved when the line comes with its number.
 */
function keyFrom(rawKey: string | undefined, line: number): string | null {
  if (rawKey === undefined || !rawKey.endsWith(String(line))) return null
  const sale = normalizeKey(rawKey.slice(0, -String(line).length))
  return sale === null ? null : `${sale}/${line}`
}
