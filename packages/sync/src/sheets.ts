/**
 * Flat objects that both sides may change: a customer's custom fields (fields `1` … `8`), a wish (`present` yes or no, `item`,
 * `description`), a note (`text`). A value is text as The Edge holds it; null where there is none.
 */
export const sheetKinds = ['customFields', 'wish', 'note'] as const
export type SheetKind = (typeof sheetKinds)[number]
export type SheetFields = Readonly<Record<string, string | null>>
