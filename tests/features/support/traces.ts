import { readFile } from 'node:fs/promises'
import { connectionWorkflowId, initialUploadWorkflowId } from '@jumpring/workflows'
import { Client, Connection } from '@temporalio/client'
import type { History } from '@temporalio/common/lib/proto-utils.js'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import pg from 'pg'
import type { Stack } from '../../support/stack.ts'

/**
 * What is written beside the data itself, by where it stands: all logs, the connection's runs, and the histories of its workflows with
 * what they carry made readable. None of it may name anybody (guarantee 8).
 */
export async function tracesOf(stack: Stack, connectionId: string): Promise<Map<string, string>> {
  const traces = new Map<string, string>()
  for (const file of await stack.logFiles()) traces.set(file, await readFile(file, 'utf8'))

  const owner = new pg.Client(stack.database.ownerUrl)
  await owner.connect()
  const { rows } = await owner.query('SELECT * FROM run WHERE connection_id = $1', [connectionId])
  traces.set('runs', JSON.stringify(rows))
  await owner.end()

  for (const [id, history] of await historiesOf(stack, connectionId)) {
    const readable = JSON.parse(historyToJSON(history), (key, value: unknown) =>
      key === 'data' && typeof value === 'string' ? Buffer.from(value, 'base64').toString() : value,
    )
    traces.set(id, JSON.stringify(readable))
  }
  return traces
}

/** Where any of these words stand: nowhere, they should. */
export function foundIn(traces: ReadonlyMap<string, string>, words: readonly string[]): [string, string][] {
  return [...traces].flatMap(([place, text]) =>
    words.filter((word) => text.includes(word)).map((word): [string, string] => [place, word]),
  )
}

/** Which processes have done anything for a connection, as Temporal knows them. */
export async function workersOf(stack: Stack, connectionId: string): Promise<ReadonlySet<string>> {
  const histories = await historiesOf(stack, connectionId)
  const events = [...histories.values()].flatMap((history) => history.events ?? [])
  return new Set(
    events.flatMap(({ activityTaskStartedEventAttributes }) => activityTaskStartedEventAttributes?.identity ?? []),
  )
}

/** Of a connection's workflows, by their ids. */
async function historiesOf(stack: Stack, connectionId: string): Promise<Map<string, History>> {
  const { address, namespace } = stack.addresses.temporal
  const connection = await Connection.connect({ address })
  try {
    const { workflow } = new Client({ connection, namespace })
    const ids = [connectionWorkflowId(connectionId), initialUploadWorkflowId(connectionId)]
    return new Map(await Promise.all(ids.map(async (id) => [id, await workflow.getHandle(id).fetchHistory()] as const)))
  } finally {
    await connection.close()
  }
}
