import { JumpringError } from '@jumpring/contracts'
import { listTexts, type TextSeen } from '@jumpring/db'
import { z } from 'zod'
import { connectionIfAny } from '../../../access.ts'
import { builder } from '../../../builder.ts'
import { pageArgs, pageOf } from '../../../paging.ts'

const TextStatus = builder.enumType('TextStatus', {
  values: {
    CLAIMED: { value: 'claimed', description: 'About to be sent.' },
    SENT: { value: 'sent' },
    DELIVERED: { value: 'delivered' },
    FAILED: { value: 'failed' },
    NOT_SENT: { value: 'not_sent', description: 'On purpose; the reason says why.' },
    UNKNOWN: { value: 'unknown', description: 'Nobody can say whether it was sent; it is not repeated.' },
  } as const,
})

const Text = builder.objectRef<TextSeen>('Text').implement({
  description: 'A text notification of The Edge, and what became of it.',
  fields: (t) => ({
    sourceId: t.exposeID('sourceId'),
    key: t.exposeString('key', { description: 'The notification’s number in The Edge.' }),
    status: t.expose('status', { type: TextStatus }),
    reason: t.exposeString('reason', { nullable: true, description: 'A plain sentence.' }),
    claimedAt: t.expose('claimedAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
  }),
})

const TextPage = builder.connectionObject({ type: Text, name: 'TextPage' }, { name: 'TextPageEdge' })

const placeSchema = z.templateLiteral([z.iso.datetime(), ' ', z.string()])

builder.queryField('texts', (t) =>
  t.field({
    type: TextPage,
    nullable: true,
    description: 'The text notifications that a connection has taken, newest first.',
    args: { connectionId: t.arg.id({ required: true }), ...pageArgs, status: t.arg({ type: TextStatus }) },
    resolve: async (_root, { connectionId, status, ...page }, context) => {
      const connection = await connectionIfAny(context, 'tenant.read', connectionId)
      if (connection === null) return null
      const at = { tenantId: connection.tenantId, connectionId: connection.id }
      return pageOf(
        page,
        ({ limit, after }) =>
          listTexts(context.db, at, { limit, status: status ?? undefined, after: after && placeOf(after) }),
        ({ claimedAt, key, sourceId }) => ({ value: `${claimedAt.toISOString()} ${key}`, id: sourceId }),
        'text',
      )
    },
  }),
)

function placeOf({ value, id }: { value: string; id: string }) {
  const { data } = placeSchema.safeParse(value)
  if (data === undefined) throw new JumpringError('invalid_input', '`after` is not a cursor of this list.')
  const [at = '', ...key] = data.split(' ')
  return { claimedAt: new Date(at), key: key.join(' '), sourceId: id }
}
