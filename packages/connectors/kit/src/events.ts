import type { Observation, Product, SheetFields, SheetKind } from '@jumpring/sync'

/** What a platform can be asked for beside its contacts. */
export const changeFeeds = ['customFields', 'wish', 'note', 'message'] as const
export type ChangeFeed = (typeof changeFeeds)[number]

export interface ChangePage {
  readonly events: readonly PlatformEvent[]
  /** The greatest change stamp of the page, a UTC instant; absent for an empty page. */
  readonly updatedUntil?: string
  readonly unreadable: number
  readonly nextCursor?: string
}

export interface WrittenSheet {
  readonly uid: string
  /** A UTC instant. */
  readonly updatedAt: string
}

/**
 * One write of a sheet (sync/sheets.ts): what the platform is to show from now on. A wish and a note come whole; of custom fields only
 * those that change, the others stay as they are.
 */
export interface SheetWrite {
  readonly sheet: SheetKind
  /** Ours, opaque, at most 120 characters, the same for the sheet's whole life and for no other of the connection. */
  readonly externalId: string
  /** The platform's id of it; null while it is not known: it is made, or found by `externalId`. */
  readonly uid: string | null
  readonly contact: { readonly edgeKey: string; readonly uid: string | null }
  /** Of custom fields: by the platform's id of the preference (see SheetShowing), those that the settings map. */
  readonly fields: SheetFields
  /** Of a wish for an item: its product. Null for a wish without one: a product is made of its description (CB-05). */
  readonly product: { readonly externalId: string; readonly object: Product } | null
  /** When it was entered in The Edge, a UTC instant. */
  readonly at: string
}

/** Who made a change there: the Edge number of the associate, where the platform has one (CB-11). */
interface By {
  readonly associate?: string
}

/**
 * What the platform shows of a sheet, whole: fields that it has no value for are null. Custom fields stand under the platform's ids of
 * the preferences, since only the settings know which field of The Edge that is; those without a value may be absent. Their values are
 * text in one form, both ways: a number `-1234.5`, a date `YYYY-MM-DD`, `yes` or `no`, a choice as the platform writes it.
 */
export interface SheetShowing {
  readonly sheet: SheetKind
  readonly uid: string
  readonly contactUid: string
  /** Ours, where we made it. */
  readonly externalId?: string
  /** As in SheetWrite; of custom fields all preferences that the contact has a value for. Of a wish with `present: no` nothing else counts. */
  readonly fields: SheetFields
  /** UTC instant of the platform's last change. */
  readonly updatedAt: string
}

/** Something that happened on the platform. */
export type PlatformEvent =
  | ({ readonly type: 'contact.changed'; readonly eventId: string; readonly contact: Observation } & By)
  | ({ readonly type: 'sheet.changed'; readonly eventId: string; readonly showing: SheetShowing } & By)
  /** Staff deleted it. `sheet.changed` with `present: no` is a wish that was taken off the list. */
  | ({
      readonly type: 'sheet.removed'
      readonly eventId: string
      readonly sheet: SheetKind
      readonly uid: string
      /** UTC instant. */
      readonly at: string
    } & By)
  /**
   * CB-04: the client's collection of wishes is gone, or is called something else by now; its entries are nobody's wishes any more.
   * `at`: since when, a UTC instant; an entry that was made or changed later is in another collection.
   */
  | { readonly type: 'wishes.gone'; readonly eventId: string; readonly contactUid: string; readonly at: string }
  /** CB-04: an entry stands in another collection by now, whatever it was: it is nobody's wish. `at`: since when at the latest, a UTC instant. */
  | { readonly type: 'wish.elsewhere'; readonly eventId: string; readonly uid: string; readonly at: string }
  /** CB-09: a message was sent through the platform. */
  | ({
      readonly type: 'message'
      readonly eventId: string
      readonly uid: string
      readonly contactUid: string
      readonly channel: 'text' | 'email'
      readonly at: string
      readonly subject: string | null
      readonly body: string
      readonly attachments: readonly string[]
    } & By)
  | { readonly type: 'contact.deleted'; readonly eventId: string; readonly uid: string }
  | {
      readonly type: 'contact.merged'
      readonly eventId: string
      readonly goneUids: readonly string[]
      readonly contact: Observation
    }
  /** `id` as sendText gave it. */
  | {
      readonly type: 'text.status'
      readonly eventId: string
      readonly id: string
      readonly status: 'sent' | 'delivered' | 'failed'
      /** A plain reason, without personal data. */
      readonly reason?: string
    }
  | { readonly type: 'ignored'; readonly eventId: string }
