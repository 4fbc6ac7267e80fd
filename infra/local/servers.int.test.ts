import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Connection } from '@temporalio/client'
import { msToTs } from '@temporalio/common/lib/time.js'
import pg from 'pg'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ensureDatabase, startPostgres } from './postgres.ts'
import { isAlive, stopProcess } from './processes.ts'
import { startTemporal } from './temporal.ts'

let dir = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'jumpring-servers-'))
  await chmod(dir, 0o755)
})
afterEach(() => rm(dir, { recursive: true, force: true }))

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return client
    .query(sql)
    .then(({ rows }) => rows)
    .finally(() => client.end())
}

const postmasterPid = async () => Number((await readFile(join(dir, 'data', 'postmaster.pid'), 'utf8')).split('\n')[0])

test('a PostgreSQL that outlived its run is adopted; one that was killed comes back with what was committed', async () => {
  const first = await startPostgres({ dir })
  await ensureDatabase(first, 'shop')
  await query(first.superUrl('shop'), 'create table kept as select 17 as number')

  const adopted = await startPostgres({ dir })
  expect(adopted.port).toBe(first.port)

  await stopProcess(await postmasterPid(), 'SIGKILL')
  const revived = await startPostgres({ dir })
  expect(await query(revived.superUrl('shop'), 'select number from kept')).toEqual([{ number: 17 }])
  const pid = await postmasterPid()
  await revived.stop()
  expect(await isAlive(pid)).toBe(false)
})

const isRoot = process.getuid?.() === 0

test.runIf(isRoot)('in a folder that user postgres cannot enter, deleting the state makes an empty world', async () => {
  await chmod(dir, 0o700)
  const state = join(dir, 'state')
  const said: string[] = []
  const begin = () => startPostgres({ dir: state, say: (line) => said.push(line) })
  const databases = async (url: string) => query(url, "select datname from pg_database where datname = 'shop'")
  try {
    const first = await begin()
    await ensureDatabase(first, 'shop')
    await first.stop()
    const again = await begin()
    expect(await databases(again.superUrl('postgres'))).toHaveLength(1)
    // Still running, as after a kill.
    await rm(state, { recursive: true })
    const anew = await begin()
    expect(await databases(anew.superUrl('postgres'))).toEqual([])
    await anew.stop()
  } finally {
    const elsewhere = /its data are in (.*)\/data$/.exec(said[0] ?? '')?.[1]
    if (elsewhere) await rm(elsewhere, { recursive: true, force: true })
  }
})

test.runIf(isRoot)(
  'a folder that was closed to user postgres after data came into it is said, not begun anew',
  async () => {
    const state = join(dir, 'state')
    const first = await startPostgres({ dir: state })
    await first.stop()
    await chmod(dir, 0o700)
    await expect(startPostgres({ dir: state })).rejects.toThrow('can no longer enter')
  },
)

test('a Temporal that was killed comes back with its namespaces; one that outlived its run is replaced', async () => {
  const namespaces = async (address: string) => {
    const connection = await Connection.connect({ address, connectTimeout: 1_000 })
    const { namespaces } = await connection.workflowService.listNamespaces({}).finally(() => connection.close())
    return namespaces.map(({ namespaceInfo }) => namespaceInfo?.name)
  }
  const first = await startTemporal({ dir })
  const connection = await Connection.connect({ address: first.address })
  await connection.workflowService.registerNamespace({
    namespace: 'kept',
    workflowExecutionRetentionPeriod: msToTs('1 day'),
  })
  await connection.close()
  await first.kill('SIGKILL')

  const revived = await startTemporal({ dir })
  expect(await namespaces(revived.address)).toContain('kept')
  const replaced = await startTemporal({ dir })
  expect(await namespaces(replaced.address)).toContain('kept')
  await expect(namespaces(revived.address)).rejects.toThrow()
  await replaced.stop()
})

test('the environment may name the servers to use, and those are left alone', async () => {
  vi.stubEnv('DATABASE_OWNER_URL', 'postgres://owner:secret@db.example:5432/shop')
  vi.stubEnv('TEMPORAL_ADDRESS', 'temporal.example:7233')
  try {
    const [postgres, temporal] = [await startPostgres({ dir }), await startTemporal({ dir })]
    expect(postgres.superUrl(postgres.database)).toBe('postgres://owner:secret@db.example:5432/shop')
    expect(temporal.address).toBe('temporal.example:7233')
    await Promise.all([postgres.stop(), temporal.stop()])
  } finally {
    vi.unstubAllEnvs()
  }
})
