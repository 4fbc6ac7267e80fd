import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Documents } from '../documents.ts'
import { namedUid } from './model.ts'

export const feedStreams = ['sales', 'appointments', 'serviceJobs', 'items'] as const
export const feedStreamSchema = z.enum(feedStreams)

const feedSchema = z.object({
  uid: z.uuid(),
  organizationUid: z.uuid(),
  stream: feedStreamSchema,
  /** Events that came, and those of them that did not fit the feed's set-up. */
  received: z.int(),
  unfit: z.int(),
})
export type Feed = z.infer<typeof feedSchema>

/** Data feeds: places that a store's staff sets up to take events. Each account has one a stream from the start. */
export class Feeds {
  readonly #documents: Documents
  readonly #all = new Map<string, Feed>()

  constructor(documents: Documents) {
    this.#documents = documents
    for (const feed of documents.read('feed', feedSchema)) this.#all.set(feed.uid, feed)
  }

  all(): Feed[] {
    return [...this.#all.values()]
  }

  /** Undefined as well when it is another organization's. */
  get(organizationUid: string, uid: string): Feed | undefined {
    const feed = this.#all.get(uid)
    return feed?.organizationUid === organizationUid ? feed : undefined
  }

  /** The uid of an account's first feed for each stream; those that are missing are made. */
  ofAccount(organizationUid: string): Record<(typeof feedStreams)[number], string> {
    const uid = (stream: (typeof feedStreams)[number]) => {
      const firstUid = namedUid(`${organizationUid}/feeds/${stream}`)
      return (this.#all.get(firstUid) ?? this.add(organizationUid, stream, firstUid)).uid
    }
    return {
      sales: uid('sales'),
      appointments: uid('appointments'),
      serviceJobs: uid('serviceJobs'),
      items: uid('items'),
    }
  }

  add(organizationUid: string, stream: Feed['stream'], uid: string = randomUUID()): Feed {
    return this.#put({ uid, organizationUid, stream, received: 0, unfit: 0 })
  }

  count(feed: Feed, received: number, unfit: number): void {
    this.#put({ ...feed, received: feed.received + received, unfit: feed.unfit + unfit })
  }

  reset(): void {
    this.#all.clear()
    this.#documents.clear('feed')
  }

  #put(feed: Feed): Feed {
    this.#all.set(feed.uid, feed)
    this.#documents.put('feed', feed.uid, feed)
    return feed
  }
}
