import { JumpringError } from '@jumpring/contracts'
import SchemaBuilder from '@pothos/core'
import ErrorsPlugin from '@pothos/plugin-errors'
import RelayPlugin from '@pothos/plugin-relay'
import type { Context } from './context.ts'
import { InvalidInput } from './input.ts'

/** Every field has a value unless it says otherwise. */
export const builder = new SchemaBuilder<{
  Context: Context
  DefaultFieldNullability: false
  Scalars: {
    ID: { Input: string; Output: string }
    DateTime: { Input: Date; Output: Date }
    JSON: { Input: unknown; Output: never }
  }
}>({
  plugins: [ErrorsPlugin, RelayPlugin],
  defaultFieldNullability: false,
  // A field with `errors: {}` answers with its type or one of these, as data: union CreateTenantResult = Tenant | Failure | InvalidInput.
  errors: {
    defaultTypes: [JumpringError, InvalidInput],
    directResult: true,
    defaultUnionOptions: { name: ({ fieldName }) => `${fieldName[0]?.toUpperCase()}${fieldName.slice(1)}Result` },
  },
  relay: { nodeQueryOptions: false, nodesQueryOptions: false, cursorType: 'String' },
})

const whoMayAsk =
  'Asked by nobody, or by a role that may not, a field is no part of the data: the answer has a GraphQL error whose extensions.code is `not_signed_in` or `not_allowed`.'

builder.queryType({
  description: `What there is. What does not exist or is not yours to see is null. ${whoMayAsk}`,
})
builder.mutationType({
  description: `What can be done. What could not be done is data, a type of its own beside the result (see Problem). ${whoMayAsk}`,
})
