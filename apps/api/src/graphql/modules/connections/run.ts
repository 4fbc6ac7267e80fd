import type { Run as RunRow } from '@jumpring/db'
import { builder } from '../../builder.ts'

const Run = builder.objectRef<RunRow>('Run').implement({
  description: 'One pass of a connection.',
  fields: (t) => ({
    id: t.exposeID('id'),
    lane: t.exposeString('lane', { description: 'live or backfill.' }),
    startedAt: t.expose('startedAt', { type: 'DateTime' }),
    endedAt: t.expose('endedAt', { type: 'DateTime', nullable: true }),
    created: t.exposeInt('created'),
    updated: t.exposeInt('updated'),
    unchanged: t.exposeInt('unchanged'),
    held: t.exposeInt('held'),
    failed: t.exposeInt('failed'),
    received: t.exposeInt('received', { description: "The platform's events that were looked at." }),
    commanded: t.exposeInt('commanded', { description: 'Changes asked of The Edge.' }),
    errorCode: t.exposeString('errorCode', { nullable: true }),
    errorMessage: t.exposeString('errorMessage', { nullable: true }),
  }),
})

export const RunPage = builder.connectionObject({ type: Run, name: 'RunPage' }, { name: 'RunPageEdge' })
