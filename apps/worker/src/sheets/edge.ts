import { type ConnectionSettings, itemKeySchema, type Wish } from '@jumpring/contracts'
import type { SheetLink, SheetRecord } from '@jumpring/db/engine'
import { customFieldsOf, type Due, longText, type SheetFields, toCustomFields } from '@jumpring/sync'

/** A sheet as The Edge shows it. */
export interface EdgeSheet {
  readonly fields: SheetFields
  /** Nothing from outside reaches it any more. */
  readonly closed: boolean
  /** Whose it is; null where The Edge does not say. */
  readonly customer: string | null
  /** When it was entered. */
  readonly at: string | null
}

/** A record of The Edge as a sheet. `key` is the record's. */
export function edgeSheetOf(stored: SheetRecord, key: string, settings: ConnectionSettings): EdgeSheet {
  switch (stored.kind) {
    case 'customFields':
      return { fields: customFieldsOf(stored.record, settings.customFields), closed: false, customer: key, at: null }
    case 'note': {
      const { text, locked, customer = null, at = null } = stored.record
      return { fields: noteShown({ text }), closed: locked, customer, at }
    }
    case 'wish': {
      const {
        item = null,
        description = null,
        boughtAt,
        removedAt,
        customer = null,
        enteredAt: at = null,
      } = stored.record
      const present = boughtAt === undefined && removedAt === undefined ? 'yes' : 'no'
      const fields = { present, item, description: longText(description) ?? null }
      return { fields, closed: boughtAt !== undefined, customer, at }
    }
  }
}

/** A wish for The Edge as it can be made, and what it leaves out because it does not fit there. */
export interface EdgeWish {
  readonly wish: Wish | null
  /** The fields that The Edge is asked for. */
  readonly asked: SheetFields
  readonly misfits: readonly string[]
}

/** What a note of The Edge can hold, as it comes up. */
export const longestNote = 20_000
export const longestDescription = 8000

/**
 * What is due in The Edge, as a wish for it.
 * @param stored what The Edge holds, in its own words; null where it has not shown the sheet
 */
export function edgeWishOf(
  link: SheetLink,
  { fields, expected }: NonNullable<Due['wish']>,
  stored: SheetRecord | null,
  { settings, at, associate }: { settings: ConnectionSettings; at: string; associate: string | undefined },
): EdgeWish {
  const { key, customer } = link
  const by = associate === undefined ? {} : { associate }
  const nothing = { wish: null, asked: {} }
  switch (link.kind) {
    case 'customFields': {
      const held = stored?.kind === 'customFields' ? stored.record.customFields : undefined
      const { values, misfits } = toCustomFields(fields, settings.customFields)
      const changes = settings.customFields.flatMap(({ field }) => {
        const value = values[field]
        return value === undefined ? [] : [[field, { expected: held?.[field] ?? null, value }] as const]
      })
      if (changes.length === 0) return { ...nothing, misfits }
      return {
        wish: { do: 'setCustomFields', key, fields: Object.fromEntries(changes), ...by },
        asked: Object.fromEntries(changes.map(([field]) => [field, fields[field] ?? null])),
        misfits,
      }
    }
    case 'note': {
      const { text } = fields
      if (!text || text.length > longestNote) return { ...nothing, misfits: ['text'] }
      const wish: Wish = { do: 'putNote', key, customer, text, expected: expected?.text ?? null, at, ...by }
      return { wish, asked: fields, misfits: [] }
    }
    case 'wish': {
      if ((fields.description?.length ?? 0) > longestDescription) return { ...nothing, misfits: ['description'] }
      const wish: Wish = {
        do: 'putWish',
        key,
        customer,
        wished: wishedOf(fields),
        expected: expected && wishedOf(expected),
        at,
        ...by,
      }
      return { wish, asked: fields, misfits: [] }
    }
  }
}

const wishedOf = ({ present, item, description }: SheetFields) => ({
  present: present === 'yes',
  item: item ?? null,
  description: description || null,
})

/** A wish as the platform shows it, in The Edge's terms: what is no item number of The Edge names no item. */
export function wishShown(fields: SheetFields): SheetFields {
  const { data: item = null } = itemKeySchema.safeParse(fields.item)
  return { ...fields, item, description: longText(fields.description) ?? null }
}

/** A note as either side shows it, in the one form of its text. */
export function noteShown({ text }: SheetFields): SheetFields {
  return { text: longText(text) ?? null }
}
