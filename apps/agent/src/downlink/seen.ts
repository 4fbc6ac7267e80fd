import type { ReadCustomer } from '../store/reading.ts'
import type { Store } from '../store/store.ts'
import { customFieldsAfter, isFulfilled, missingFrom } from './wishes.ts'

/**
 * A customer has been read anew: commands that The Edge now shows as done are done, and reported as seen.
 * EDT: a new customer is found again by WebTransferWebID. Call inside the transaction that changed the mirror.
 */
export function noteSeen({ commands, region }: Store, { key, record: customer }: ReadCustomer): void {
  if (customer.webId !== undefined) {
    for (const { id } of commands.openForNew(customer.webId)) {
      commands.markDone(id, id === customer.webId ? 'seen' : 'matched', key)
    }
  }
  const stillOpen = new Set<string>()
  for (const { id, wish } of commands.openFor(key)) {
    if (wish.do === 'setCustomFields') {
      const state = customFieldsAfter(customer, wish)
      if (state === 'wished') commands.markDone(id, 'seen', key)
      // Staff were there in between: what they left is up already, for the cloud to decide anew.
      else if (state === 'other') commands.settle({ id, outcome: 'changed' })
      continue
    }
    if (wish.do !== 'addMethods' && wish.do !== 'optOut') continue
    // A phone that an older command has yet to add is not opted out by being absent.
    const early = wish.do === 'optOut' && wish.phones.some((phone) => stillOpen.has(phone))
    if (!early && isFulfilled(missingFrom(customer, wish, region))) commands.markDone(id, 'seen', key)
    else for (const phone of wish.phones) stillOpen.add(phone)
  }
}
