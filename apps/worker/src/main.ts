import { createServer } from 'node:http'
import { createPrecedence, currentGeneration, openDatabase, openKeyring } from '@jumpring/db'
import { taskQueues } from '@jumpring/workflows'
import { Client, Connection } from '@temporalio/client'
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker'
import { pino } from 'pino'
import { createActivities } from './activities.ts'
import { workflowBundle } from './bundle.ts'
import { readEnv } from './env.ts'
import { createLicenseActivities } from './license/activities.ts'
import { licenseDeps } from './license/deps.ts'
import { startRetention } from './retention.ts'
import { startSweep } from './sweep.ts'

const env = readEnv()
const log = pino({ level: env.LOG_LEVEL, name: 'worker' })
Runtime.install({
  shutdownSignals: [],
  // Temporal's own words in our log's form, and of what it adds only what names a place: an error may quote data.
  logger: new DefaultLogger('WARN', ({ level, message, meta }) => {
    const { workflowId, activityType, attempt, kind, frames } = meta ?? {}
    log[level === 'ERROR' ? 'error' : 'warn']({ workflowId, activityType, attempt, kind, frames }, message)
  }),
  telemetryOptions: { logging: { filter: 'WARN', forward: {} } },
})

const db = openDatabase(env.DATABASE_URL, { connections: 12, keepsPlans: true })
const keyring = await openKeyring(env.KEY_FILE)
const deps = {
  db,
  keyring,
  publicUrl: env.PUBLIC_URL,
  platformPatienceMs: env.PLATFORM_PATIENCE * 1000,
  log,
  precedence: createPrecedence(),
}
const licensing = licenseDeps(db, env)

// A restored database is noticed before anything is decided with it.
await untilAnswered('the database', () => currentGeneration(db))
const connection = await untilAnswered('Temporal', () => NativeConnection.connect({ address: env.TEMPORAL_ADDRESS }))
const clientConnection = await untilAnswered('Temporal', () => Connection.connect({ address: env.TEMPORAL_ADDRESS }))
const client = new Client({ connection: clientConnection, namespace: env.TEMPORAL_NAMESPACE })

const common = {
  connection,
  namespace: env.TEMPORAL_NAMESPACE,
  activities: { ...createActivities(deps), ...createLicenseActivities(licensing) },
  // When a worker dies, its workflows go to another after this.
  stickyQueueScheduleToStartTimeout: '1 second',
  maxHeartbeatThrottleInterval: '1 second',
}
const workers = await Promise.all([
  Worker.create({
    ...common,
    taskQueue: taskQueues.live,
    workflowBundle: await workflowBundle(),
    maxConcurrentActivityTaskExecutions: 20,
  }),
  // Without workflows: running them takes a thread with all that they load.
  Worker.create({ ...common, taskQueue: taskQueues.backfill, maxConcurrentActivityTaskExecutions: 4 }),
])
// Agents get the public key with their next hello, long before the first license. What fails now is tried when one is signed.
licensing.signer().catch(() => log.warn('the key that signs licenses could not be opened yet'))
const stopSweep = startSweep({ db, client: client.workflow, log })
const stopRetention = startRetention({ db, log })

const health = createServer((_, answer) => {
  const running = workers.every((worker) => worker.getState() === 'RUNNING')
  answer
    .writeHead(running ? 200 : 503, { 'content-type': 'application/json' })
    .end(JSON.stringify({ status: running ? 'ok' : 'stopping' }))
}).listen(env.HEALTH_PORT, '127.0.0.1')

const stop = () => {
  for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown()
}
process.on('SIGTERM', stop)
process.on('SIGINT', stop)
log.info('ready')

try {
  await Promise.all(workers.map((worker) => worker.run()))
} finally {
  await stopSweep()
  await stopRetention()
  health.close()
  await connection.close()
  await clientConnection.close()
  await db.close()
}

/** What we need may still be starting. */
async function untilAnswered<T>(whom: string, connect: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await connect()
    } catch (error) {
      if (attempt >= 60) throw error
      log.info({ attempt }, `waiting for ${whom}`)
      await new Promise((resolve) => setTimeout(resolve, 1000))
    }
  }
}
