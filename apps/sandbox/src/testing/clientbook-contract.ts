import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { z } from 'zod'

// The contract that both sides keep: packages/connectors/clientbook/api.openapi.json.

const looseSchema = z.record(z.string(), z.unknown())
const refSchema = z.object({ $ref: z.string() })
const answerSchema = z.looseObject({
  content: z.record(z.string(), z.object({ schema: looseSchema })).optional(),
  headers: looseSchema.optional(),
})
const operationSchema = z.looseObject({
  parameters: z.array(z.looseObject({ name: z.string() })).optional(),
  responses: z.record(z.string(), z.union([refSchema, answerSchema])),
})
const contractSchema = z.object({
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
  components: z.looseObject({
    responses: z.record(z.string(), answerSchema),
    schemas: z.record(z.string(), looseSchema),
  }),
})

const file = new URL('../../../../packages/connectors/clientbook/api.openapi.json', import.meta.url)
const { paths, components } = contractSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
const ajv = new Ajv2020({ strict: false, allErrors: true })
addFormats.default(ajv)
ajv.addSchema({ $id: 'contract', components: closed(components) })

/** All operations of the contract, `GET /v1/clients`. */
export const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
)

/** What is wrong with an answer by the contract, or undefined. Fields that the contract does not know are wrong as well. */
export function contractProblem(
  method: string,
  path: string,
  answer: { status: number; headers: Headers; body: unknown },
): string | undefined {
  const plain = path.split('?')[0] ?? ''
  const matching = Object.keys(paths).filter((one) => new RegExp(`^${one.replace(/\{\w+\}/g, '[^/]+')}$`).test(plain))
  // A fixed word comes before a parameter.
  const found = matching.sort((a, b) => a.split('{').length - b.split('{').length)[0]
  const operation = found === undefined ? undefined : paths[found]?.[method.toLowerCase()]
  if (!operation) return answer.status === 404 ? undefined : `${method} ${plain} is not in the contract`
  const named = operation.responses[String(answer.status)]
  if (!named) return `status ${answer.status} is not in the contract`
  const ref = refSchema.safeParse(named).data
  const response = ref ? components.responses[ref.$ref.split('/').at(-1) ?? ''] : answerSchema.parse(named)
  const missing = Object.keys(response?.headers ?? {}).filter((name) => !answer.headers.has(name))
  if (missing.length > 0) return `without ${missing.join(', ')}`
  const [type, content] = Object.entries(response?.content ?? {})[0] ?? []
  if (type === undefined || content === undefined) return answer.body === '' ? undefined : 'there is a body'
  const sent = answer.headers.get('content-type') ?? ''
  if (!sent.startsWith(type)) return `${sent} instead of ${type}`
  return misfit(content.schema, answer.body)
}

/** The same of a webhook's event and of the object in it. */
export function eventProblem(event: { type: string; data: { object?: unknown } }): string | undefined {
  const objects: Record<string, string> = {
    client: 'Client',
    preferences: 'ClientPreferences',
    collection: 'Collection',
    collection_item: 'CollectionItem',
    activity: 'Activity',
    message: 'Message',
    sms: 'Sms',
    product: 'Product',
  }
  const object = objects[event.type.split('.')[0] ?? '']
  if (object === undefined) return `${event.type} is not in the contract`
  const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })
  return misfit(ref('EventType'), event.type) ?? misfit(ref('Event'), event) ?? misfit(ref(object), event.data.object)
}

function misfit(schema: Record<string, unknown>, value: unknown): string | undefined {
  const check = ajv.compile(
    looseSchema.parse(closed(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"contract#/')))),
  )
  return check(value)
    ? undefined
    : check.errors?.map(({ instancePath, message }) => `${instancePath} ${message}`).join('; ')
}

/** The same schema without room for fields that it does not name. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed)
  const parsed = looseSchema.safeParse(schema)
  if (!parsed.success) return schema
  const inner = Object.fromEntries(Object.entries(parsed.data).map(([name, value]) => [name, closed(value)]))
  return looseSchema.safeParse(inner.properties).success && inner.type === 'object'
    ? { additionalProperties: false, ...inner }
    : inner
}
