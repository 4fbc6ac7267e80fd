import { errorCodes } from '@jumpring/contracts'
import { listQuarantine, type Quarantine as QuarantineRow } from '@jumpring/db'
import { builder } from '../../builder.ts'
import { filterId } from '../../input.ts'
import { pageArgs, pageOf } from '../../paging.ts'
import { Tenant } from '../tenants/types.ts'

export const Quarantined = builder.objectRef<QuarantineRow>('Quarantined').implement({
  description: 'What did not go through, and why.',
  fields: (t) => ({
    id: t.exposeID('id'),
    connectionId: t.exposeID('connectionId', { nullable: true }),
    sourceId: t.exposeID('sourceId', { nullable: true }),
    stage: t.exposeString('stage', {
      description:
        'Where it stopped: agent, ingest, up (to the platform), down (from it), edge (into The Edge). Or what people have to do: unmatch (after a match was undone), consent (an opt-out that the platform does not know).',
    }),
    subject: t.exposeString('subject', {
      description:
        "The record's key, after its kind where it is no customer, else the id of an event, a link or a decision, or the place in a file.",
    }),
    kind: t.exposeString('kind', { nullable: true }),
    key: t.exposeString('key', { nullable: true }),
    code: t.exposeString('code'),
    message: t.exposeString('message', { description: 'The reason in plain words.' }),
    whoMustAct: t.string({ nullable: true, resolve: ({ code }) => actorOf(code) }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    resolvedAt: t.expose('resolvedAt', { type: 'DateTime', nullable: true }),
  }),
})

const QuarantinePage = builder.connectionObject(
  { type: Quarantined, name: 'QuarantinePage' },
  { name: 'QuarantinePageEdge' },
)

const QuarantineFilter = builder.inputType('QuarantineFilter', {
  fields: (t) => ({
    connectionId: t.id(),
    code: t.string(),
    stage: t.string(),
    open: t.boolean({ description: 'true: what still waits. false: what was resolved. Left out: both.' }),
  }),
})

builder.objectField(Tenant, 'quarantine', (t) =>
  t.field({
    type: QuarantinePage,
    description: 'Newest first.',
    args: { ...pageArgs, filter: t.arg({ type: QuarantineFilter }) },
    resolve: ({ id }, { filter, ...page }, { db }) =>
      pageOf(
        page,
        (wanted) =>
          listQuarantine(db, id, {
            ...wanted,
            connectionId: filterId('connectionId', filter?.connectionId),
            code: filter?.code ?? undefined,
            stage: filter?.stage ?? undefined,
            open: filter?.open ?? undefined,
          }),
        (entry) => ({ id: entry.id, value: entry.createdAt.toISOString() }),
      ),
  }),
)

function actorOf(code: string): string | null {
  return Object.entries(errorCodes).find(([known]) => known === code)?.[1].actor ?? null
}
