import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTemporal } from '@jumpring/infra/local'
import { Client, Connection } from '@temporalio/client'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker'
import { workflowBundle } from '../../apps/worker/src/bundle.ts'
import { historyFile } from './histories.ts'
import { runScenario } from './run-scenario.ts'
import { scenarios } from './scenarios.ts'

/**
 * Records the histories of the scenarios that are named, else of all: `npm run record-histories -- first-upload`. Only when a change of
 * a workflow is meant to break running ones, and then beside the old histories (under another name) for as long as such workflows live.
 */
const named = process.argv.slice(2)
Runtime.install({ logger: new DefaultLogger('ERROR') })
const dir = await mkdtemp(join(tmpdir(), 'jumpring-record-'))
const temporal = await startTemporal({ dir })
try {
  const connection = await NativeConnection.connect({ address: temporal.address })
  const client = new Client({ connection: await Connection.connect({ address: temporal.address }) })
  const bundle = await workflowBundle()
  for (const scenario of scenarios.filter(({ name }) => named.length === 0 || named.includes(name))) {
    const history = await runScenario({ client, connection, namespace: 'default' }, bundle, scenario)
    const file = historyFile(scenario)
    await mkdir(new URL('.', file), { recursive: true })
    await writeFile(file, `${withoutMachine(historyToJSON(history))}\n`)
    console.log(`${scenario.name}: ${history.events?.length} events`)
  }
  await client.connection.close()
  await connection.close()
} finally {
  await temporal.stop()
  await rm(dir, { recursive: true, force: true })
}

/** A recorded history without what names the machine that recorded it. */
function withoutMachine(json: string): string {
  const told = new Set(['stackTrace', 'identity'])
  const text = JSON.stringify(
    JSON.parse(json, (key, value: unknown) => (told.has(key) ? '' : value)),
    null,
    1,
  )
  // The worker's own task queue is named after the process and the host.
  return text.replaceAll(`${process.pid}@${hostname()}`, 'recorder')
}
