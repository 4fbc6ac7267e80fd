import { z } from 'zod'

/** A short text of The Edge. Empty values are absent. */
export const text = z.string().min(1).max(500)
/** A long text of The Edge: a memo, a description. */
export const longText = z.string().min(1).max(8000)

/** Integer minor units (cents) with an ISO 4217 code; negative for a return. Never a float. */
export const moneySchema = z.strictObject({ minor: z.int(), currency: z.string().regex(/^[A-Z]{3}$/) })
export type Money = z.infer<typeof moneySchema>

/** A UTC instant. The agent knows its store's time zone; beyond it only instants are known. */
export const instantSchema = z.iso.datetime()
/** A date in the store's own calendar, `YYYY-MM-DD`. */
export const localDateSchema = z.iso.date()

/** `001-00017`: store prefix of three digits, number of at least five. EDT's keys vary in width; the agent brings them to this form. */
export const customerKeySchema = z.string().regex(/^\d{3,}-\d{5,}$/)
/** EDT ItemKey, store-category-stock number: `001-150-00004`, in one width. */
export const itemKeySchema = z.string().regex(/^\d{3,}-\d{3,}-\d{5,}$/)
/** EDT SaleKey, store-number: `001-00001`, in one width. */
export const saleKeySchema = z.string().regex(/^\d{3,}-\d{5,}$/)
/** A number The Edge gives to other things (jobs, appointments, notifications, why-ins, associates). */
export const plainKeySchema = z.string().regex(/^[\w.:-]{1,60}$/)

/** An associate of the store, as a record names one. EDT: a number of at most three digits; the name where the source knows it. */
export const associateRefSchema = z.strictObject({ number: z.string().regex(/^\d{1,3}$/), name: text.optional() })
export type AssociateRef = z.infer<typeof associateRefSchema>
