import {
  type Connection as ConnectionRow,
  countPreview,
  countWaiting,
  listPreview,
  type PreviewEntryAt,
} from '@jumpring/db'
import { z } from 'zod'
import { builder } from '../../builder.ts'
import { pageArgs, pageOf } from '../../paging.ts'
import { Connection } from '../connections/types.ts'

const PreviewStatus = builder.enumType('PreviewStatus', {
  values: {
    WANTED: { value: 'wanted', description: 'Both sides are still read, or it is being found out.' },
    READY: { value: 'ready', description: 'It waits for a person to approve it.' },
  } as const,
})

const PreviewSort = builder.enumType('PreviewSort', {
  description: 'What the connection would do with a customer or a contact.',
  values: {
    LINKED: { value: 'linked', description: 'Take a contact that is there for this customer’s.' },
    CREATED: { value: 'created', description: 'Make a contact on the platform.' },
    CHANGED: { value: 'changed', description: 'Change a contact on the platform.' },
    HELD: { value: 'held', description: 'Set aside for a person.' },
    BROUGHT_DOWN: { value: 'broughtDown', description: 'Ask The Edge for a new customer, or for more of one.' },
  } as const,
})

const PreviewChange = builder.objectRef<PreviewEntryAt['changes'][number]>('PreviewChange').implement({
  fields: (t) => ({
    field: t.exposeString('field'),
    from: t.exposeString('from', { nullable: true, description: 'What stands there; null for nothing.' }),
    to: t.exposeString('to'),
  }),
})

const PreviewEntry = builder.objectRef<PreviewEntryAt>('PreviewEntry').implement({
  fields: (t) => ({
    what: t.expose('what', { type: PreviewSort }),
    sourceId: t.exposeID('sourceId', { nullable: true }),
    key: t.exposeString('key', { nullable: true, description: 'The number; null for a customer who is to be made.' }),
    name: t.exposeString('name', { nullable: true }),
    uid: t.exposeString('uid', { nullable: true, description: 'The platform’s id of the contact.' }),
    reason: t.exposeString('reason', {
      nullable: true,
      description: 'Of LINKED: number, webId, email or phone. Of HELD: the code. Of BROUGHT_DOWN: what is asked for.',
    }),
    message: t.exposeString('message', { nullable: true, description: 'Of HELD: why, in a plain sentence.' }),
    changes: t.expose('changes', { type: [PreviewChange] }),
  }),
})

const PreviewPage = builder.connectionObject({ type: PreviewEntry, name: 'PreviewPage' }, { name: 'PreviewPageEdge' })

const PreviewCount = builder.objectRef<{ what: PreviewEntryAt['what']; count: number }>('PreviewCount').implement({
  fields: (t) => ({ what: t.expose('what', { type: PreviewSort }), count: t.exposeInt('count') }),
})

const WaitingCount = builder.objectRef<{ kind: string; count: number }>('WaitingCount').implement({
  fields: (t) => ({ kind: t.exposeString('kind'), count: t.exposeInt('count') }),
})

const atOf = ({ tenantId, id }: ConnectionRow) => ({ tenantId, connectionId: id })

const Preview = builder.objectRef<ConnectionRow>('Preview').implement({
  description: 'What a connection would do. Nothing is written on either side before it is approved.',
  fields: (t) => ({
    status: t.field({
      type: PreviewStatus,
      resolve: ({ preview }) => z.enum(['wanted', 'ready']).parse(preview),
    }),
    madeAt: t.expose('previewAt', { type: 'DateTime', nullable: true, description: 'Null while there is none yet.' }),
    counts: t.field({
      type: [PreviewCount],
      resolve: (connection, _args, { db }) => countPreview(db, atOf(connection)),
    }),
    waiting: t.field({
      type: [WaitingCount],
      description: 'Records of other kinds, which go up after their customers.',
      resolve: (connection, _args, { db }) => countWaiting(db, atOf(connection)),
    }),
    entries: t.field({
      type: PreviewPage,
      args: { ...pageArgs, what: t.arg({ type: PreviewSort }) },
      resolve: (connection, { what, ...page }, { db }) =>
        pageOf(
          page,
          ({ limit, after }) =>
            listPreview(db, atOf(connection), {
              limit,
              after: z.coerce
                .number()
                .catch(0)
                .parse(after?.value ?? 0),
              what: what ?? undefined,
            }),
          ({ n }) => ({ value: String(n), id: connection.id }),
          'text',
        ),
    }),
  }),
})

builder.objectField(Connection, 'preview', (t) =>
  t.field({
    type: Preview,
    nullable: true,
    description: 'Null where the connection runs, or did not begin with one.',
    resolve: (connection) => (connection.preview === null ? null : connection),
  }),
)
