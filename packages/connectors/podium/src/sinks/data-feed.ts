import type { Frozen, ObjectWrite } from '@jumpring/connector-kit'
import type { Caller } from '@jumpring/connector-kit/http/caller'
import { succeeded } from '@jumpring/connector-kit/http/exchange'
import type { ConnectionSettings } from '@jumpring/contracts'
import { JumpringError } from '@jumpring/contracts'
import { z } from 'zod'
import { failureOf, parseAnswer } from '../answers.ts'
import { fieldsOf, type ObjectSink } from './sink.ts'

const root = '/v4/dataFeeds/'

/**
 * Podium docs: `POST /v4/dataFeeds/{uid}/events` takes one event or a list, whose shape is the feed's own set-up.
 * The shape below is the set-up that we ask for (docs.md says how a feed is to be set up).
 */
export const dataFeed: ObjectSink = { root, freeze, send }

const feedOf = {
  purchase: 'sales',
  appointment: 'appointments',
  serviceJob: 'serviceJobs',
  product: 'items',
} as const satisfies Record<ObjectWrite['object']['type'], keyof ConnectionSettings['feeds']>

const wordsFor = { sales: 'sales', appointments: 'appointments', serviceJobs: 'service jobs', items: 'items' } as const

function freeze(write: ObjectWrite, settings: ConnectionSettings): Frozen {
  const stream = feedOf[write.object.type]
  const feed = settings.feeds[stream]
  if (feed === undefined)
    throw new JumpringError(
      'configuration',
      `There is no Podium data feed for ${wordsFor[stream]}: enter the feed's id in the connection's settings.`,
    )
  const { contact, eventId, event, externalId, at } = write
  const body = {
    eventId,
    event,
    type: write.object.type,
    externalId,
    occurredAt: at,
    contact: contact && { name: contact.name, identifiers: contact.identifiers, edgeCustomer: contact.edgeKey },
    fields: fieldsOf(write),
  }
  return { op: 'object', identifiers: [], route: `${root}${encodeURIComponent(feed)}/events`, body }
}

/** Podium docs show an id of the event, which nothing can be asked by. */
const answerSchema = z.looseObject({})

/**
 * A feed takes or refuses a list as a whole. What is refused is sent again in halves, so that one bad event does not hold up
 * the others (CO-11); an event that was taken twice counts once, by its id.
 */
async function send(
  caller: Caller,
  route: string,
  frozen: readonly Frozen[],
): Promise<readonly (JumpringError | null)[]> {
  const answer = await caller.answer({ method: 'POST', path: route, body: frozen.map(({ body }) => body) })
  if (succeeded(answer)) {
    parseAnswer(answer, answerSchema)
    return frozen.map(() => null)
  }
  const failure = failureOf(answer, { of: 'the object' })
  if (failure.code === 'contact_not_found')
    throw new JumpringError('configuration', "Podium does not know the data feed in the connection's settings.")
  if (failure.code !== 'platform_refused') throw failure
  if (frozen.length === 1) return [failure]
  const middle = Math.ceil(frozen.length / 2)
  return [...(await send(caller, route, frozen.slice(0, middle))), ...(await send(caller, route, frozen.slice(middle)))]
}
