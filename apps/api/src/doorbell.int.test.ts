import { randomUUID } from 'node:crypto'
import { connectionWorkflowId, ringSignalName } from '@jumpring/workflows'
import { Client, Connection } from '@temporalio/client'
import Fastify from 'fastify'
import { expect, test } from 'vitest'
import { temporalNamespace } from '../../../tests/support/temporal.ts'
import { createDoorbell } from './doorbell.ts'

const { log } = Fastify({ logger: { level: 'silent' } })

test('rings start the workflow of a connection, and many at once become few', async () => {
  const temporal = await temporalNamespace()
  const doorbell = createDoorbell(temporal, log)
  const to = { tenantId: randomUUID(), connectionId: randomUUID() }
  await Promise.all(Array.from({ length: 50 }, () => doorbell.ring(to)))
  await doorbell.ring(to, 'runNow')
  await doorbell.close()

  const connection = await Connection.connect({ address: temporal.address })
  const client = new Client({ connection, namespace: temporal.namespace })
  const { events } = await client.workflow.getHandle(connectionWorkflowId(to.connectionId)).fetchHistory()
  const signals = events?.flatMap((event) => event.workflowExecutionSignaledEventAttributes?.signalName ?? []) ?? []
  expect(signals.filter((name) => name === ringSignalName)).toHaveLength(2)
  expect(signals).toHaveLength(3)
  await connection.close()
})

test('without Temporal a ring is given up, and the bell can be closed', async () => {
  const doorbell = createDoorbell({ address: '127.0.0.1:1', namespace: 'none' }, log)
  await expect(doorbell.ring({ tenantId: randomUUID(), connectionId: randomUUID() })).resolves.toBeUndefined()
  await doorbell.close()
})
