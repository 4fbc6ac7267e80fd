import type { Frozen, SheetWrite } from '@jumpring/connector-kit'
import type { ConnectionSettings, CustomFieldMapping } from '@jumpring/contracts'
import { JumpringError } from '@jumpring/contracts'
import type { SheetKind } from '@jumpring/sync'
import { z } from 'zod'
import type { ProductWrite } from '../api.ts'
import { longest } from '../limits.ts'
import { clip, productOf } from '../objects.ts'

const uid = z.string().nullable()
const sheet = { uid, externalId: z.string(), client: z.object({ uid, posId: z.string() }) }
const preferenceValue = z.union([z.string(), z.number(), z.boolean(), z.null()])

/** What a frozen sheet holds, as it is stored. */
export const frozenSheetSchema = z.discriminatedUnion('sheet', [
  z.object({
    sheet: z.literal('customFields'),
    ...sheet,
    values: z.array(z.object({ preference_id: z.string(), value: preferenceValue })),
  }),
  z.object({
    sheet: z.literal('wish'),
    ...sheet,
    present: z.boolean(),
    note: z.string().nullable(),
    product: z.object({
      /** An item's product is The Edge's own matter (CB-10): it is made here where it is not there yet, and never changed. */
      ofItem: z.boolean(),
      write: z.custom<ProductWrite>((value) => z.object({ external_id: z.string() }).safeParse(value).success),
    }),
  }),
  z.object({ sheet: z.literal('note'), ...sheet, text: z.string(), at: z.string() }),
])
export type FrozenSheet = z.infer<typeof frozenSheetSchema>
type Of<Kind extends SheetKind> = Extract<FrozenSheet, { sheet: Kind }>

/** The payload of a sheet's write. Throws `value_does_not_fit`. */
export function freezeSheet(write: SheetWrite, settings: ConnectionSettings): Frozen {
  return { op: 'sheet', identifiers: [], body: bodyOf(write, settings) }
}

function bodyOf(write: SheetWrite, settings: ConnectionSettings): FrozenSheet {
  switch (write.sheet) {
    case 'customFields':
      return preferencesOf(write, settings)
    case 'wish':
      return wishOf(write)
    case 'note':
      return noteOf(write)
  }
}

const sheetOf = ({ uid, externalId, contact }: SheetWrite) => ({
  uid,
  externalId,
  client: { uid: contact.uid, posId: contact.edgeKey },
})

function noteOf(write: SheetWrite): Of<'note'> {
  const text = write.fields.text ?? ''
  if (text.length > longest.note) throw doesNotFit(`A note on Clientbook has at most ${longest.note} characters.`)
  return { sheet: 'note', ...sheetOf(write), text, at: write.at }
}

/** CB-04: the description goes as the item's note, whole, since it comes back; CB-05: a wish has a product, its own where it is for no item. */
function wishOf(write: SheetWrite): Of<'wish'> {
  const { fields, product, externalId, contact } = write
  const note = fields.description ?? null
  if ((note?.length ?? 0) > longest.wishNote)
    throw doesNotFit(`A wish on Clientbook has at most ${longest.wishNote} characters.`)
  const own: ProductWrite = {
    external_id: externalId,
    title: clip(note?.trim().split(/[\r\n]/)[0] || 'Wish', 200),
    description: note,
    kind: 'wish',
    status: 'active',
    client_pos_id: contact.edgeKey,
  }
  return {
    sheet: 'wish',
    ...sheetOf(write),
    present: fields.present === 'yes',
    note,
    product: product
      ? { ofItem: true, write: productOf(product.object, { event: 'created', externalId: product.externalId }) }
      : { ofItem: false, write: own },
  }
}

/** CB-03. A preference that is not mapped (any more) is left alone. */
function preferencesOf(write: SheetWrite, settings: ConnectionSettings): Of<'customFields'> {
  const values = settings.customFields.flatMap((mapping) => {
    const text = write.fields[mapping.preference]
    return text === undefined ? [] : [{ preference_id: mapping.preference, value: preferenceValueOf(text, mapping) }]
  })
  return { sheet: 'customFields', ...sheetOf(write), values }
}

function preferenceValueOf(
  text: string | null,
  { type, choices, field }: CustomFieldMapping,
): string | number | boolean | null {
  if (text === null) return null
  if (!fits[type](text, choices)) throw doesNotFit(`Custom field ${field} does not fit its preference (${type}).`)
  if (type === 'number') return Number(text)
  return type === 'yesNo' ? text === 'yes' : text
}

/** A number must come back as the same text. */
const fits: Record<CustomFieldMapping['type'], (text: string, choices: readonly string[]) => boolean> = {
  text: (text) => text.length <= longest.preference,
  number: (text) => /^-?\d{1,12}(\.\d{1,4})?$/.test(text) && String(Number(text)) === text,
  date: (text) => z.iso.date().safeParse(text).success,
  choice: (text, choices) => choices.includes(text),
  yesNo: (text) => text === 'yes' || text === 'no',
}

const doesNotFit = (why: string) => new JumpringError('value_does_not_fit', why)
