import { readFile } from 'node:fs/promises'
import { connectionWorkflowId, initialUploadWorkflowId } from '@jumpring/workflows'
import { Client, Connection } from '@temporalio/client'
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

  const { address, namespace } = stack.addresses.temporal
  const connection = await Connection.connect({ address })
  const { workflow } = new Client({ connection, namespace })
  for (const id of [connectionWorkflowId(connectionId), initialUploadWorkflowId(connectionId)]) {
    const history = historyToJSON(await workflow.getHandle(id).fetchHistory())
    const readable = JSON.parse(history, (key, value: unknown) =>
      key === 'data' && typeof value === 'string' ? Buffer.from(value, 'base64').toString() : value,
    )
    traces.set(id, JSON.stringify(readable))
  }
  await connection.close()
  return traces
}

/** Where any of these words stand: nowhere, they should. */
export function foundIn(traces: ReadonlyMap<string, string>, words: readonly string[]): [string, string][] {
  return [...traces].flatMap(([place, text]) =>
    words.filter((word) => text.includes(word)).map((word): [string, string] => [place, word]),
  )
}
