import { JumpringError } from '@jumpring/contracts'
import { builder } from './builder.ts'
import { InvalidInput } from './input.ts'

const Problem = builder.interfaceRef<{ code: string; message: string }>('Problem').implement({
  description:
    'An expected failure, as data. Not among them: `not_signed_in` and `not_allowed` of who asks, which are GraphQL errors (see Mutation).',
  fields: (t) => ({
    code: t.exposeString('code', { description: 'One of the codes in docs/errors.md.' }),
    message: t.exposeString('message', { description: 'A plain sentence for a person.' }),
  }),
})

builder.objectType(JumpringError, {
  name: 'Failure',
  description: 'It could not be done: the thing is not there, exists already, or does not allow it now.',
  interfaces: [Problem],
})

const FieldProblem = builder.objectRef<InvalidInput['fields'][number]>('FieldProblem').implement({
  fields: (t) => ({
    path: t.exposeString('path', { description: 'Where in the input: `settings.intervalMinutes`.' }),
    message: t.exposeString('message'),
  }),
})

builder.objectType(InvalidInput, {
  name: 'InvalidInput',
  description: 'Values are missing or not of the form they should have; nothing was done.',
  interfaces: [Problem],
  fields: (t) => ({ fields: t.expose('fields', { type: [FieldProblem] }) }),
})
