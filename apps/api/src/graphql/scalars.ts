import { GraphQLError } from 'graphql'
import { z } from 'zod'
import { builder } from './builder.ts'

builder.scalarType('DateTime', {
  description: 'An instant in UTC, ISO 8601: `2026-11-22T14:30:00.000Z`.',
  serialize: (instant) => instant.toISOString(),
  parseValue: (value) => {
    const instant = z.iso.datetime().safeParse(value)
    if (!instant.success) throw new GraphQLError('An instant in UTC is wanted: `2026-11-22T14:30:00Z`.')
    return new Date(instant.data)
  },
})

builder.scalarType('JSON', {
  description: 'Any JSON value, in.',
  serialize: () => {
    throw new GraphQLError('JSON is taken, not shown.')
  },
  parseValue: (value) => value,
})
