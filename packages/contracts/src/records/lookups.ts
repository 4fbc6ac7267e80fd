import { z } from 'zod'
import { text } from '../values.ts'

/** A why-in: what the opaque key in CustomerAcquisition says. */
export const acquisitionSchema = z.strictObject({ label: text })
export type Acquisition = z.infer<typeof acquisitionSchema>
