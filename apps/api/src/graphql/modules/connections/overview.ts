import type { Connection, Overview, StreamWork } from '@jumpring/db'
import { builder } from '../../builder.ts'
import { Stream } from './enums.ts'
import { type Progress as ProgressNow, progressOf } from './progress.ts'

/** A connection with its numbers, and when they were read. */
interface OverviewAt {
  readonly connection: Connection
  readonly numbers: Overview
  readonly at: Date
}

/** How far a stream is. */
type StreamProgressNow = ProgressNow & Pick<StreamWork, 'stream'>

const StreamProgress = builder.objectRef<StreamProgressNow>('StreamProgress').implement({
  description:
    'The same of one stream. Customers go first: what is theirs needs them, and its rate begins with the upload.',
  fields: (t) => ({
    stream: t.expose('stream', { type: Stream }),
    done: t.exposeInt('done'),
    total: t.exposeInt('total'),
    ratePerMinute: t.exposeFloat('ratePerMinute', { nullable: true }),
    secondsLeft: t.exposeInt('secondsLeft', { nullable: true }),
  }),
})

const Progress = builder.objectRef<ProgressNow & { streams: readonly StreamProgressNow[] }>('Progress').implement({
  description:
    'How far the initial upload, or a resync after it, is: in records. A customer counts once more where custom fields are open.',
  fields: (t) => ({
    done: t.exposeInt('done'),
    total: t.exposeInt('total'),
    ratePerMinute: t.exposeFloat('ratePerMinute', { nullable: true }),
    secondsLeft: t.exposeInt('secondsLeft', { nullable: true }),
    streams: t.field({ type: [StreamProgress], resolve: ({ streams }) => streams }),
  }),
})

/** All there is and what of it waits. A record that is changed during the initial upload moves to the live lane and waits on there. */
function workOf({ initialDoneAt }: Connection, streams: readonly StreamWork[]) {
  const sum = (count: (work: StreamWork) => number) => streams.reduce((all, work) => all + count(work), 0)
  return {
    total: sum(({ records }) => records),
    waiting: sum(({ live, backfill }) => (initialDoneAt === null ? backfill + live : backfill)),
  }
}

const Lag = builder.objectRef<Overview>('Lag').implement({
  description: 'What the connection has still to look at.',
  fields: (t) => ({
    seconds: t.exposeFloat('lagSeconds', { description: 'Age of the oldest change not looked at; 0 when all are.' }),
    messages: t.int({ resolve: ({ pending }) => pending.messages }),
    live: t.int({ resolve: ({ pending }) => pending.live }),
    backfill: t.int({ resolve: ({ pending }) => pending.backfill }),
  }),
})

const Counts = builder.objectRef<Overview>('Counts').implement({
  description: 'Of records, since the connection was made.',
  fields: (t) => ({
    created: t.exposeInt('created'),
    updated: t.exposeInt('updated'),
    unchanged: t.exposeInt('unchanged'),
    held: t.exposeInt('held'),
    quarantined: t.exposeInt('quarantined', { description: 'Waiting in quarantine now.' }),
  }),
})

const LinkCount = builder.objectRef<Overview['links'][number]>('LinkCount').implement({
  fields: (t) => ({ status: t.exposeString('status'), count: t.exposeInt('count') }),
})

export const ConnectionOverview = builder.objectRef<OverviewAt>('ConnectionOverview').implement({
  fields: (t) => ({
    progress: t.field({
      type: Progress,
      resolve: ({ connection, numbers: { streams }, at }) => ({
        ...progressOf(connection, workOf(connection, streams), at),
        streams: streams.map((work) => ({
          stream: work.stream,
          ...progressOf(connection, workOf(connection, [work]), at),
        })),
      }),
    }),
    lag: t.field({ type: Lag, resolve: ({ numbers }) => numbers }),
    counts: t.field({ type: Counts, resolve: ({ numbers }) => numbers }),
    links: t.field({
      type: [LinkCount],
      description: 'Records joined to the platform, by state of the link.',
      resolve: ({ numbers }) => numbers.links,
    }),
  }),
})
