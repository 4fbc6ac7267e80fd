import type { Wish } from '@jumpring/contracts'
import { type Holder, matchContact } from '@jumpring/sync'
import type { OpenCommand } from '../store/commands.ts'
import type { Store } from '../store/store.ts'

type CreateWish = Extract<Wish, { do: 'createCustomer' }>

/**
 * Who in the store the person of a wish is. `coming`: written for The Edge under that WebTransferWebID; not `underWay` where The Edge
 * should have shown it long ago.
 */
export type Person =
  | { readonly kind: 'customer'; readonly key: string }
  | { readonly kind: 'coming'; readonly webId: string; readonly underWay: boolean }
  | { readonly kind: 'several' }
  | { readonly kind: 'nobody' }

/**
 * The last look before a customer is created, by the rule of the cloud (ADR 0005): by e-mail, else by phone; among several nobody is
 * guessed. It sees what the cloud cannot: what the store has shown just now, and what is written for The Edge and not shown yet.
 */
export function findPerson(store: Store, { emails, phones }: Pick<CreateWish, 'emails' | 'phones'>): Person {
  const match = matchContact({
    byNumber: [],
    byEmail: emails.flatMap((email) => holdersOf(store, email)),
    byPhone: phones.flatMap((phone) => holdersOf(store, phone)),
  })
  if (match.kind === 'several') return { kind: 'several' }
  if (match.kind === 'none') return { kind: 'nobody' }
  const webId = webIdOf(match.id)
  if (webId === undefined) return { kind: 'customer', key: match.id }
  return { kind: 'coming', webId, underWay: store.commands.openForNew(webId).some((command) => command.underWay) }
}

/** Everyone who has this phone or e-mail or is about to get it. A customer's id is the key. */
function holdersOf(store: Store, value: string): Holder[] {
  const customers = store.mirror.customersWith(value).map(({ key }) => key)
  return [...customers, ...store.commands.openWith(value).flatMap(idOf)].map((id) => {
    const customer = store.mirror.customer(id)?.customer
    return {
      id,
      linked: false,
      ...(customer?.accountKey !== undefined && { accountId: customer.accountKey }),
      ...(customer?.enteredAt !== undefined && { enteredAt: customer.enteredAt }),
    }
  })
}

const comingMark = 'coming '

function idOf({ key, webId }: OpenCommand): string[] {
  if (key !== null) return [key]
  return webId === null ? [] : [`${comingMark}${webId}`]
}

function webIdOf(id: string): string | undefined {
  return id.startsWith(comingMark) ? id.slice(comingMark.length) : undefined
}
