import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { Ajv, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import { z } from 'zod'

const folder = new URL('../../../../../shared/podium-openapi/', import.meta.url)

/** Podium's own OpenAPI files are not part of this repository: where they are absent, answers go unchecked. */
export const openApiIsHere = existsSync(folder)

const looseSchema = z.record(z.string(), z.unknown())
const operationSchema = z.object({
  responses: z.record(
    z.string(),
    z.object({ content: z.record(z.string(), z.object({ schema: z.unknown() })).optional() }),
  ),
})
const fileSchema = z.object({
  components: z.object({ schemas: looseSchema }),
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
})

type Operation = { method: string; path: RegExp; answers: Map<string, ValidateFunction> }

/** Checks an answer against Podium's OpenAPI files. Gives what is wrong with it, or undefined. */
export function openApiProblem(method: string, path: string, status: number, body: unknown): string | undefined {
  const plain = path.split('?')[0] ?? ''
  const operation = operations().find((one) => one.method === method && one.path.test(plain))
  if (!operation) return undefined
  const check = operation.answers.get(String(status)) ?? (status >= 400 ? operation.answers.get('default') : undefined)
  if (!check) return `status ${status} is not in the OpenAPI file`
  return check(body) ? undefined : check.errors?.map((error) => `${error.instancePath} ${error.message}`).join('; ')
}

let loaded: Operation[] | undefined

function operations(): Operation[] {
  loaded ??= openApiIsHere ? readdirSync(folder).flatMap((name) => readOperations(new URL(name, folder))) : []
  return loaded
}

function readOperations(file: URL): Operation[] {
  const { components, paths } = fileSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  const ajv = new Ajv({ strict: false, allErrors: true })
  addFormats.default(ajv)
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { responses }]) => ({
      method: method.toUpperCase(),
      // A fixed word (campaigns/opt_in) comes before a parameter in the files' order as in ours.
      path: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`),
      answers: new Map(
        Object.entries(responses).flatMap(([status, { content }]): [string, ValidateFunction][] => {
          const schema = content?.['application/json']?.schema
          return schema ? [[status, ajv.compile(looseSchema.parse(asAnswered(schema, components.schemas)))]] : []
        }),
      ),
    })),
  )
}

/**
 * OpenAPI 3.0 as JSON schema, and stricter: an answer has no property that the file does not know. Two things are known
 * to be otherwise in practice: an error's code is a string, and the list of contacts is a list.
 */
function asAnswered(schema: unknown, components: Record<string, unknown>, name = ''): unknown {
  if (Array.isArray(schema)) return schema.map((one) => asAnswered(one, components))
  const parsed = looseSchema.safeParse(schema)
  if (!parsed.success) return schema
  const { $ref, nullable, properties, items, ...rest } = parsed.data
  if (typeof $ref === 'string') {
    const one = asAnswered(components[$ref.split('/').at(-1) ?? ''], components)
    return $ref.endsWith('/contact') ? { anyOf: [one, { type: 'array', items: one }] } : one
  }
  const result: Record<string, unknown> = name === 'code' ? { ...rest, type: ['integer', 'string'] } : { ...rest }
  if (properties !== undefined) {
    const inner = Object.entries(looseSchema.parse(properties))
    result.properties = Object.fromEntries(inner.map(([key, value]) => [key, asAnswered(value, components, key)]))
    if (name !== 'metadata') result.additionalProperties = false
  }
  if (items !== undefined) result.items = asAnswered(items, components)
  if (nullable !== true) return result
  return { anyOf: [result, { type: 'null' }] }
}
