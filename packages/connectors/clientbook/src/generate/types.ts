import { z } from 'zod'

/** Of JSON Schema, what api.openapi.json uses. */
interface Schema {
  readonly $ref?: string | undefined
  readonly type?: string | readonly string[] | undefined
  readonly description?: string | undefined
  readonly const?: string | undefined
  readonly enum?: readonly (string | null)[] | undefined
  readonly oneOf?: readonly Schema[] | undefined
  readonly items?: Schema | undefined
  readonly properties?: Readonly<Record<string, Schema>> | undefined
  readonly required?: readonly string[] | undefined
}
const schemaSchema: z.ZodType<Schema> = z.lazy(() =>
  z.looseObject({
    $ref: z.string().optional(),
    type: z.union([z.string(), z.array(z.string())]).optional(),
    description: z.string().optional(),
    const: z.string().optional(),
    enum: z.array(z.string().nullable()).optional(),
    oneOf: z.array(schemaSchema).optional(),
    items: schemaSchema.optional(),
    properties: z.record(z.string(), schemaSchema).optional(),
    required: z.array(z.string()).optional(),
  }),
)
const documentSchema = z.object({ components: z.object({ schemas: z.record(z.string(), schemaSchema) }) })

const head =
  '// Made from api.openapi.json by `npm run generate -w @jumpring/connector-clientbook`; not to be edited.\n'

/** TypeScript types, as source, of all schemas that an OpenAPI document names. */
export function typesOf(document: unknown): string {
  const { schemas } = documentSchema.parse(document).components
  const types = Object.entries(schemas).map(
    ([name, schema]) => `${comment(schema)}export type ${name} = ${typeOf(schema)}\n`,
  )
  return [head, ...types].join('\n')
}

const comment = ({ description }: Schema) => (description ? `/** ${description} */\n` : '')

function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) return schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)
  if (schema.const !== undefined) return literal(schema.const)
  if (schema.enum) return schema.enum.map(literal).join(' | ')
  if (schema.oneOf) return schema.oneOf.map(typeOf).join(' | ')
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? [])
  return types.length === 0 ? 'unknown' : types.map((type) => ofType(type, schema)).join(' | ')
}

const literal = (value: string | null) => (value === null ? 'null' : `'${value}'`)

function ofType(type: string, { items, properties, required = [] }: Schema): string {
  if (type === 'integer') return 'number'
  if (type === 'array') {
    const item = typeOf(items ?? {})
    return items?.enum || items?.oneOf || Array.isArray(items?.type) ? `readonly (${item})[]` : `readonly ${item}[]`
  }
  if (type !== 'object') return type
  if (!properties) return 'Readonly<Record<string, unknown>>'
  const fields = Object.entries(properties).map(
    ([name, schema]) => `${comment(schema)}readonly ${name}${required.includes(name) ? '' : '?'}: ${typeOf(schema)}`,
  )
  return `{\n${fields.join('\n')}\n}`
}
