import type { Activity as ActivityRow } from '@jumpring/db'
import { builder } from '../../builder.ts'

const Direction = builder.enumType('Direction', {
  description: 'UP: The Edge to the platform. DOWN: the platform to The Edge.',
  values: ['UP', 'DOWN'] as const,
})

const FieldChange = builder.objectRef<ActivityRow['changes'][number]>('FieldChange').implement({
  fields: (t) => ({ field: t.exposeString('field'), value: t.exposeString('value') }),
})

const Activity = builder.objectRef<ActivityRow>('Activity').implement({
  description: 'Something that was brought from one side to the other.',
  fields: (t) => ({
    id: t.exposeID('id'),
    at: t.expose('at', { type: 'DateTime' }),
    direction: t.expose('direction', { type: Direction }),
    key: t.exposeString('key', {
      nullable: true,
      description: 'Null while The Edge has not given the customer a number.',
    }),
    customerName: t.exposeString('customerName', { nullable: true }),
    changes: t.expose('changes', { type: [FieldChange] }),
    latencyMs: t.exposeInt('latencyMs', {
      nullable: true,
      description:
        'From the change on the one side to its arrival on the other; null where it was replayed, resynchronized, loaded in bulk, or waited for its customer.',
    }),
  }),
})

export const ActivityPage = builder.connectionObject(
  { type: Activity, name: 'ActivityPage' },
  { name: 'ActivityPageEdge' },
)
