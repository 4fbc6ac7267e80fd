import { z } from 'zod'
import type { Documents } from '../documents.ts'
import type { Contacts } from './contacts.ts'
import { type Contact, stampNow } from './model.ts'
import type { PodiumSettingsInForce } from './settings.ts'

export const objectTypes = ['product', 'purchase', 'appointment', 'serviceJob'] as const

const happeningSchema = z.object({
  eventId: z.string(),
  event: z.enum(['created', 'updated', 'archived']),
  occurredAt: z.string(),
  /** Of an appointment or a job, as it was told then. */
  status: z.string().nullable(),
})

const objectSchema = z.object({
  organizationUid: z.uuid(),
  externalId: z.string(),
  type: z.enum(objectTypes),
  /** By which way it came last. */
  sink: z.enum(['dataFeed', 'partnerApi']),
  /** Whose it is, likeliest first; a product's are none. */
  identifiers: z.array(z.string()),
  /** The contact that had one of them when it was written. */
  contactUid: z.string().nullable().default(null),
  /** A product's own: The Edge gives the first ones, staff and the AI go on from there. */
  title: z.string().nullable(),
  description: z.string().nullable(),
  /** How often the AI has rewritten both. */
  rewrites: z.int(),
  fields: z.record(z.string(), z.unknown()),
  archived: z.boolean(),
  history: z.array(happeningSchema),
  createdAt: z.string(),
  updatedAt: z.string(),
})
export type StoredObject = z.infer<typeof objectSchema>

/** One write of an object, by whichever way it came. */
export type ObjectInput = Pick<
  StoredObject,
  'organizationUid' | 'externalId' | 'type' | 'sink' | 'identifiers' | 'fields'
> & {
  contactUid?: string | null
  eventId: string
  event: 'created' | 'updated' | 'archived'
  occurredAt: string
}

const keptHistory = 50
const productWordsSchema = z.object({ title: z.string(), description: z.string().nullish() })
const archivedSchema = z.object({ archived: z.string() })
const statusSchema = z.object({ status: z.string() })

/** Products, purchases and timeline entries, one for an external id. */
export class Objects {
  readonly #documents: Documents
  readonly #settings: PodiumSettingsInForce
  readonly #all = new Map<string, StoredObject>()

  constructor(documents: Documents, settings: PodiumSettingsInForce) {
    this.#documents = documents
    this.#settings = settings
    for (const object of documents.read('object', objectSchema)) this.#all.set(key(object), object)
  }

  all(): StoredObject[] {
    return [...this.#all.values()]
  }

  find(organizationUid: string, externalId: string): StoredObject | undefined {
    return this.#all.get(key({ organizationUid, externalId }))
  }

  /** Makes or replaces. An event that was taken before changes nothing. */
  apply(input: ObjectInput): 'made' | 'replaced' | 'repeated' {
    const { eventId, event, occurredAt, fields: given, ...head } = input
    const before = this.find(input.organizationUid, input.externalId)
    if (before?.history.some((one) => one.eventId === eventId)) return 'repeated'
    const words = productWordsSchema.safeParse(given).data
    const { title: _title, description: _description, ...others } = given
    // Podium's staff and its AI go on from the first words.
    const kept = words && this.#settings.current.productWords === 'always' ? undefined : before
    const now = stampNow()
    const status = statusSchema.safeParse(given).data?.status ?? null
    this.#put({
      contactUid: null,
      ...head,
      title: kept ? kept.title : (words?.title ?? null),
      description: kept ? kept.description : (words?.description ?? null),
      rewrites: before?.rewrites ?? 0,
      fields: input.type === 'product' ? others : given,
      archived: event === 'archived' || archivedSchema.safeParse(given).success,
      history: [...(before?.history ?? []), { eventId, event, occurredAt, status }].slice(-keptHistory),
      createdAt: before?.createdAt ?? now,
      updatedAt: now,
    })
    return before ? 'replaced' : 'made'
  }

  /** Podium's AI, or a person, words a product anew. */
  reword(object: StoredObject, words: { title: string; description: string | null }): StoredObject {
    return this.#put({ ...object, ...words, rewrites: object.rewrites + 1, updatedAt: stampNow() })
  }

  reset(): void {
    this.#all.clear()
    this.#documents.clear('object')
  }

  #put(object: StoredObject): StoredObject {
    this.#all.set(key(object), object)
    this.#documents.put('object', key(object), object)
    return object
  }
}

/** Whose it is by now: a contact may have come, or been merged, since it was written, or be reached by other numbers. */
export function ownerOf(object: StoredObject, contacts: Contacts): Contact | undefined {
  return (object.contactUid === null ? undefined : contacts.get(object.contactUid)) ?? namedOwner(object, contacts)
}

/** The contact that has the likeliest of the identifiers now. */
export function namedOwner(
  { organizationUid, identifiers }: Pick<StoredObject, 'organizationUid' | 'identifiers'>,
  contacts: Contacts,
): Contact | undefined {
  return identifiers.map((one) => contacts.find(organizationUid, one)).find((contact) => contact !== undefined)
}

function key({ organizationUid, externalId }: Pick<StoredObject, 'organizationUid' | 'externalId'>): string {
  return `${organizationUid}|${externalId}`
}
