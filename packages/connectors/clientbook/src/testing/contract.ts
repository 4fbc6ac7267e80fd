import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { z } from 'zod'

const schema = z.looseObject({})
const contentSchema = z.record(z.string(), z.object({ schema }))
const parameterSchema = z.object({ name: z.string(), in: z.string(), required: z.boolean().optional(), schema })
const operationSchema = z.object({
  operationId: z.string(),
  parameters: z.array(parameterSchema).default([]),
  requestBody: z.object({ content: contentSchema }).optional(),
  responses: z.record(z.string(), z.object({ $ref: z.string(), content: contentSchema }).partial()),
})
const documentSchema = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
  webhooks: z.object({ event: z.object({ post: operationSchema.extend({ responses: z.unknown() }) }) }),
  components: z.looseObject({
    responses: z.record(z.string(), z.object({ content: contentSchema })),
    schemas: z.record(z.string(), schema),
  }),
})

/** The file as it is, for whoever makes something of it. */
export const document: unknown = JSON.parse(readFileSync(new URL('../../api.openapi.json', import.meta.url), 'utf8'))
const contract = documentSchema.parse(document)

const ajv = new Ajv2020({ strict: false, allErrors: true, coerceTypes: false })
addFormats.default(ajv)
ajv.addSchema({ $id: 'contract', components: contract.components })

function faults(of: z.infer<typeof schema>, value: unknown): string[] {
  const validate = ajv.compile(JSON.parse(JSON.stringify(of).replaceAll('"#/', '"contract#/')))
  return validate(value) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

export interface Exchange {
  readonly method: string
  /** Below the base URL. */
  readonly url: URL
  readonly headers: Headers
  /** Parsed; undefined where there was none. */
  readonly request: unknown
  readonly status: number
  readonly type: string
  readonly answer: unknown
}

/** The operation that an exchange is one of, and what is wrong with its request and its answer by the contract. */
export function check(exchange: Exchange): { readonly operation: string; readonly faults: readonly string[] } {
  const { method, url } = exchange
  const [, operations] = Object.entries(contract.paths).find(([path]) => template(path).test(url.pathname)) ?? []
  const operation = operations?.[method.toLowerCase()]
  if (operation === undefined)
    return { operation: 'none', faults: [`${method} ${url.pathname} is not in the contract`] }
  const found = [
    ...parameterFaults(operation, exchange),
    ...requestFaults(operation, exchange),
    ...answerFaults(operation, exchange),
  ]
  return { operation: operation.operationId, faults: found.map((fault) => `${operation.operationId}: ${fault}`) }
}

type Operation = z.infer<typeof operationSchema>

const template = (path: string) => new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`)

function parameterFaults({ parameters }: Operation, { url, headers }: Exchange): string[] {
  const known = parameters.filter((parameter) => parameter.in === 'query')
  const unknown = [...url.searchParams.keys()].filter((name) => !known.some((one) => one.name === name))
  const given = known.flatMap(({ name, schema }) => {
    const raw = url.searchParams.get(name)
    if (raw === null) return []
    const value = /^(true|false|\d+)$/.test(raw) && schema.type !== 'string' ? JSON.parse(raw) : raw
    return faults(schema, value).map((fault) => `query ${name}${fault}`)
  })
  const missing = parameters.filter((one) => one.in === 'header' && one.required && !headers.has(one.name))
  return [
    ...unknown.map((name) => `query ${name} is not in the contract`),
    ...given,
    ...missing.map(({ name }) => `header ${name} is missing`),
  ]
}

function requestFaults({ requestBody }: Operation, { request, headers }: Exchange): string[] {
  if (requestBody === undefined) return request === undefined ? [] : ['a body where there is none']
  const type = headers.get('content-type')?.split(';')[0] ?? ''
  const content = requestBody.content[type]
  return content ? faults(content.schema, request) : [`a body of type ${type}`]
}

function answerFaults({ responses }: Operation, { status, type, answer }: Exchange): string[] {
  const response = responses[status]
  if (response === undefined) return [`answer ${status} is not in the contract`]
  const name = response.$ref?.split('/').at(-1)
  const { content } = name === undefined ? response : (contract.components.responses[name] ?? {})
  if (content === undefined) return answer === undefined ? [] : ['an answer where there is none']
  const of = content[type.split(';')[0] ?? '']
  return of ? faults(of.schema, answer) : [`an answer of type ${type}`]
}

/** What is wrong with a delivery by the contract. */
export function eventFaults(body: unknown, objectName: string): string[] {
  const { content } = contract.webhooks.event.post.requestBody ?? { content: {} }
  const event = z.object({ data: z.object({ object: z.unknown() }) }).parse(body)
  const ofEvent = content['application/json']
  return [
    ...(ofEvent ? faults(ofEvent.schema, body) : ['no schema']),
    ...faults({ $ref: `#/components/schemas/${objectName}` }, event.data.object),
  ]
}
