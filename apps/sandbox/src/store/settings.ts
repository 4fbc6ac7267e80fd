import { z } from 'zod'

export const storeSettingsSchema = z.strictObject({
  /** Changes are collected for so long before an incremental file is written. */
  collectMs: z.number().int().min(0).default(50),
  /** Off: nothing is exported until `POST /store/export`. */
  autoExport: z.boolean().default(true),
  /** How files appear in the Inbox: whole, by a rename, or in pieces under their final name. */
  writing: z.enum(['rename', 'slow']).default('rename'),
  /** Slow writing: the pieces of a file, and the wait between two. */
  pieces: z.number().int().min(2).default(10),
  pieceWaitMs: z.number().int().min(0).default(100),
  /** EDT: a large Transaction file is split; our assumption: after so many lines. */
  partLines: z.number().int().min(1).default(25_000),
  byteOrderMark: z.boolean().default(false),
  ending: z.enum(['json', 'JSON']).default('json'),
  /** EDT: docs have `us` (mm/dd/yyyy hh:mm:ss), samples `iso` and `date`. `mixed`: each record has one of the three. */
  dates: z.enum(['iso', 'date', 'us', 'mixed']).default('mixed'),
  /** An EDT run downloads what is new in the Outbox and imports what the run before downloaded. */
  edtRunMs: z.number().int().min(10).default(200),
  /** Whether an imported list of phones, e-mails or addresses replaces the customer's list; undocumented. */
  phonesImport: z.enum(['replace', 'add']).default('replace'),
  /** What becomes of the lines of a layaway or special order when it is sold; undocumented. README.md, "Envelope". */
  envelopeSale: z.enum(['same', 'new']).default('same'),
})
export type StoreSettings = z.infer<typeof storeSettingsSchema>
export type StoreSettingsPatch = Partial<StoreSettings>
