import type { Frozen, ObjectWrite } from '@jumpring/connector-kit'
import type { Caller } from '@jumpring/connector-kit/http/caller'
import { succeeded } from '@jumpring/connector-kit/http/exchange'
import { JumpringError } from '@jumpring/contracts'
import { z } from 'zod'
import { failureOf, parseAnswer } from '../answers.ts'
import { fieldsOf, type ObjectSink } from './sink.ts'

/** Our assumption, all of it: the contract is ../../partner-api.openapi.json. */
export const partnerRoot = '/partner/v1/'
export const partnerApi: ObjectSink = { root: partnerRoot, freeze, send }

const productRoute = `${partnerRoot}products`
const timelineRoute = `${partnerRoot}timelineEntries`
const routeOf = {
  product: productRoute,
  purchase: `${partnerRoot}purchases`,
  appointment: timelineRoute,
  serviceJob: timelineRoute,
} as const satisfies Record<ObjectWrite['object']['type'], string>

function freeze(write: ObjectWrite): Frozen {
  const { contact, eventId, event, externalId, at, object } = write
  const body = { eventId, event, type: object.type, externalId, occurredAt: at, fields: fieldsOf(write) }
  return { op: 'object', identifiers: contact?.identifiers ?? [], route: routeOf[object.type], body }
}

const resultsSchema = z.object({
  data: z.object({
    results: z.array(z.object({ status: z.int(), code: z.string().nullish(), message: z.string().nullish() })),
  }),
})

/** Of what is sent, what a refusal may name. */
const bodySchema = z.object({ fields: z.record(z.string(), z.unknown()).catch({}) })

type Result = JumpringError | null
const unknownContact = () => new JumpringError('contact_not_found')

/** A contact is named by one identifier a call. Those whose contact is not known by the first go once more with the second, and so on. */
async function send(caller: Caller, route: string, frozen: readonly Frozen[]): Promise<readonly Result[]> {
  if (route === productRoute)
    return sendOnce(
      caller,
      route,
      frozen.map(({ body }) => body),
    )
  const results: Result[] = frozen.map(unknownContact)
  const mostTries = Math.max(0, ...frozen.map(({ identifiers }) => identifiers.length))
  for (let turn = 0; turn < mostTries; turn++) {
    const tried = frozen.flatMap(({ body, identifiers }, at) => {
      const identifier = identifiers[turn]
      if (results[at]?.code !== 'contact_not_found' || identifier === undefined) return []
      return [{ at, item: { ...body, contact: { identifier } } }]
    })
    if (tried.length === 0) break
    const answers = await sendOnce(
      caller,
      route,
      tried.map(({ item }) => item),
    )
    for (const [index, { at }] of tried.entries()) results[at] = answers[index] ?? null
  }
  return results
}

async function sendOnce(caller: Caller, path: string, items: readonly Frozen['body'][]): Promise<readonly Result[]> {
  const answer = await caller.answer({ method: 'POST', path, body: { items } })
  if (!succeeded(answer)) throw partnerFailure(answer, { of: 'the objects' })
  const { results } = parseAnswer(answer, resultsSchema).data
  if (results.length !== items.length)
    throw new JumpringError('platform_unavailable', 'Podium did not say what became of each object.')
  return results.map((result, at) => {
    const sent = { of: 'the object', body: bodySchema.parse(items[at]).fields }
    const { status, ...body } = result
    return status < 300 ? null : failureOf({ status, headers: answer.headers, body }, sent)
  })
}

/** Like any other failure; but without a route, this account is not open to the partner API. */
export function partnerFailure(...said: Parameters<typeof failureOf>): JumpringError {
  const failure = failureOf(...said)
  if (said[0].status !== 404) return failure
  return new JumpringError('configuration', "Podium's partner API is not open to this account.")
}
