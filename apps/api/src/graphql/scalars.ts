import { GraphQLError } from 'graphql'
import { builder } from './builder.ts'

builder.scalarType('DateTime', {
  description: 'An instant in UTC, ISO 8601: `2026-11-22T14:30:00.000Z`.',
  serialize: (instant) => instant.toISOString(),
  parseValue: () => {
    throw new GraphQLError('Instants are shown, not taken.')
  },
})

builder.scalarType('JSON', {
  description: 'Any JSON value, in.',
  serialize: () => {
    throw new GraphQLError('JSON is taken, not shown.')
  },
  parseValue: (value) => value,
})
