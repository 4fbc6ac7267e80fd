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

test('of messages that come by the hundred the first rings at once, the others together', async () => {
  const temporal = await temporalNamespace()
  const doorbell = createDoorbell(temporal, log)
  const to = { tenantId: randomUUID(), connectionId: randomUUID() }
  for (let message = 0; message < 100; message++) doorbell.ringSparingly(to)
  const connection = await Connection.connect({ address: temporal.address })
  const client = new Client({ connection, namespace: temporal.namespace })
  const heard = async () => {
    const { events } = await client.workflow.getHandle(connectionWorkflowId(to.connectionId)).fetchHistory()
    return events?.filter((event) => event.workflowExecutionSignaledEventAttributes).length
  }
  await expect.poll(heard, { timeout: 5000 }).toBe(2)
  doorbell.ringSparingly(to)
  await expect.poll(heard, { timeout: 5000 }).toBe(3)
  await doorbell.close()
  await connection.close()
})

test('without Temporal a ring is given up, and the bell can be closed', async () => {
  const doorbell = createDoorbell({ address: '127.0.0.1:1', namespace: 'none' }, log)
  await expect(doorbell.ring({ tenantId: randomUUID(), connectionId: randomUUID() })).resolves.toBeUndefined()
  await doorbell.close()
})
