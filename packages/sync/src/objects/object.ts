import type { AssociateRef, Money } from '@jumpring/contracts'

/** An item as a platform's product. `title` and `description` are only a beginning: the platform's own are never overwritten (PD-10). */
export interface Product {
  readonly type: 'product'
  /** By which staff find it: the Edge item number. */
  readonly itemNumber: string
  readonly title: string
  readonly description: string | null
  /** The Edge's own words, which follow The Edge. */
  readonly edgeDescription: string | null
  readonly price: Money | null
  readonly category: string | null
  readonly style: string | null
  readonly metal: string | null
  readonly size: string | null
  readonly stones: readonly string[]
  readonly details: readonly string[]
  readonly images: readonly string[]
  readonly inventoryType: string
  readonly supplier: string | null
  /** Why it is archived; null while it is on hand. */
  readonly archived: 'sold' | 'off' | 'filtered' | null
  readonly soldAt: string | null
}

/** One line of a sale as a client's purchase. */
export interface Purchase {
  readonly type: 'purchase'
  readonly sale: string
  readonly line: number
  readonly purchasedAt: string | null
  /** Negative for what was returned. */
  readonly amount: Money
  readonly isReturn: boolean
  readonly description: string | null
  readonly itemNumber: string | null
  readonly associate: AssociateRef | null
}

/** An appointment as an entry of the client's activity timeline. */
export interface TimelineAppointment {
  readonly type: 'appointment'
  readonly status: 'scheduled' | 'completed' | 'canceled' | 'no_show'
  readonly startsAt: string
  readonly minutes: number | null
  readonly subject: string | null
  readonly note: string | null
  readonly createdAt: string | null
  readonly updatedAt: string | null
  readonly associate: AssociateRef | null
}

/** A service job as an entry of the client's activity timeline. */
export interface TimelineJob {
  readonly type: 'serviceJob'
  readonly number: string
  readonly jobType: 'repair' | 'custom' | 'special_order' | 'appraisal' | null
  readonly status: 'not_ready' | 'done' | 'picked_up'
  readonly summary: string | null
  readonly description: string | null
  readonly enteredAt: string | null
  readonly promisedAt: string | null
  readonly doneAt: string | null
  readonly pickedUpAt: string | null
  readonly price: Money | null
  readonly itemNumber: string | null
  readonly associate: AssociateRef | null
}

/** What a platform shows of a record that is no customer. Every field is there; what The Edge has no value for is null. */
export type PlatformObject = Product | Purchase | TimelineAppointment | TimelineJob
export type ObjectType = PlatformObject['type']
