import { findPerson } from '@jumpring/db'
import { builder } from '../../../builder.ts'
import { User } from '../types.ts'

builder.queryField('me', (t) =>
  t.field({
    type: User,
    nullable: true,
    description: 'Who is signed in; null for nobody.',
    resolve: (_root, _args, { db, viewer }) => (viewer === null ? null : findPerson(db, viewer.sub)),
  }),
)
