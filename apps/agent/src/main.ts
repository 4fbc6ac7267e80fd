import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { Command } from 'commander'
import { pino } from 'pino'
import { z } from 'zod'
import { enroll } from './cloud/enroll.ts'
import { readConfig, setDatabase } from './config.ts'
import { examine, examineQueries, type Finding } from './doctor.ts'
import { env } from './env.ts'
import { describeOutcome, installLicense } from './license/install.ts'
import { takeLock } from './lock.ts'
import { runAgent } from './run.ts'
import { planOf, sqlConfigSchema } from './sql/config.ts'
import { defaultMappingText } from './sql/mapping-file.ts'
import { describeStatus, readStatus } from './status.ts'
import { storeSettings } from './store-settings.ts'
import { version } from './version.ts'

const dataOption = ['--data <folder>', 'where the agent keeps its configuration and what waits to go up'] as const
const dataSchema = z.object({ data: z.string().transform((path) => resolve(path)) })

/** As the command line gives it; `sqlConfigSchema` says what goes together. */
const sourceSchema = z.object({
  driver: z.string().optional(),
  file: z.string().optional(),
  connectionString: z.string().optional(),
  mapping: z.string().optional(),
  kinds: z.string().optional(),
})

const program = new Command('jumpring-agent').description('Joins The Edge in this store to the cloud.').version(version)

program
  .command('enroll')
  .description('make this agent known to the cloud')
  .requiredOption('--code <code>', 'the enrollment code you were given')
  .requiredOption('--cloud <address>', 'address of the cloud')
  .requiredOption('--edt <folder>', 'the EDT folder of the store, which holds Inbox and Outbox')
  .requiredOption(...dataOption)
  .option('--name <name>', 'name of this agent', hostname())
  .option('--region <code>', 'country of phone numbers without a country code', 'US')
  .option('--currency <code>', 'currency of the store', 'USD')
  .option('--time-zone <name>', "time zone of the store, such as America/New_York; this machine's unless given")
  .action(async (given: unknown) => {
    const schema = dataSchema.extend({
      code: z.string(),
      cloud: z.url(),
      edt: z.string().transform((path) => resolve(path)),
      name: z.string(),
      region: storeSettings.region,
      currency: storeSettings.currency,
      timeZone: storeSettings.timeZone,
    })
    const options = schema.parse(given)
    const { tenant, source } = await enroll(options)
    console.log(`Enrolled for ${tenant}, ${source}.`)
  })

program
  .command('run')
  .description('run until stopped')
  .requiredOption(...dataOption)
  .action(async (given: unknown) => {
    const { data: dataDir } = dataSchema.parse(given)
    const config = readConfig(dataDir)
    if (!config) return fail('This agent is not enrolled. Run "enroll" first.')
    // Asking for the status takes the same lock for a moment.
    const lock = takeLock(dataDir, 1000)
    if (!lock) return fail('An agent runs on this data folder already.')
    const stop = new AbortController()
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stop.abort())
    await runAgent({ config, dataDir, log: pino({ level: env.LOG_LEVEL, base: null }) }, stop.signal)
    lock.release()
    process.exit(0)
  })

const source = program.command('source').description('say where records come from, beside EDT’s files')
source
  .command('sql')
  .description("read The Edge's database as well; takes effect when the agent is started again")
  .requiredOption(...dataOption)
  .option('--driver <driver>', 'sqlite or odbc')
  .option('--file <path>', 'for sqlite: the database')
  .option('--connection-string <text>', 'for odbc; kept in config.json, which only this user may read')
  .option('--mapping <file>', 'one query for each kind of record; print-mapping gives one to copy and change')
  .option('--kinds <list>', 'the kinds that come from the database, with commas; all unless given')
  .action(async (given: unknown) => {
    const { data, ...rest } = dataSchema.loose().parse(given)
    const config = readConfig(data)
    if (!config) return fail('This agent is not enrolled. Run "enroll" first.')
    const { file, mapping, kinds, ...others } = sourceSchema.parse(rest)
    const sql = sqlConfigSchema.parse({
      ...others,
      ...(file !== undefined && { file: resolve(file) }),
      ...(mapping !== undefined && { mapping: resolve(mapping) }),
      ...(kinds !== undefined && { kinds: kinds.split(',').map((kind) => kind.trim()) }),
    })
    // A mapping file that cannot be used is refused; a database that does not answer now may do so later.
    planOf(sql)
    const findings = await examineQueries(data, config, sql)
    print(findings)
    setDatabase(data, sql)
  })
source
  .command('none')
  .description("leave The Edge's database alone from the next start on")
  .requiredOption(...dataOption)
  .action((given: unknown) => setDatabase(dataSchema.parse(given).data, undefined))
source
  .command('print-mapping')
  .description('print the mapping file for the documented tables')
  .action(() => console.log(defaultMappingText))

program
  .command('status')
  .description('say how the agent is')
  .requiredOption(...dataOption)
  .option('--json', 'for a program')
  .action(async (given: unknown) => {
    const { data, json } = dataSchema.extend({ json: z.boolean().optional() }).parse(given)
    const status = await readStatus(data)
    console.log(json ? JSON.stringify(status) : describeStatus(status))
  })

program
  .command('license')
  .description('the license of this store')
  .command('install')
  .description('install a license file')
  .argument('<file>', 'the file that came by mail')
  .requiredOption(...dataOption)
  .action(async (path: unknown, given: unknown) => {
    const { data } = dataSchema.parse(given)
    const file = readFileSync(z.string().parse(path), 'utf8').trim()
    console.log(describeOutcome(await installLicense(data, file)))
  })

program
  .command('doctor')
  .description('look at everything the agent needs')
  .requiredOption(...dataOption)
  .action(async (given: unknown) => {
    print(await examine(dataSchema.parse(given).data))
  })

function print(findings: readonly Finding[]): void {
  for (const { what, problem } of findings) console.log(problem === null ? `ok   ${what}` : `BAD  ${what}: ${problem}`)
  if (findings.some(({ problem }) => problem !== null)) process.exitCode = 1
}

function fail(message: string): void {
  console.error(message)
  process.exitCode = 1
}

try {
  await program.parseAsync()
} catch (error) {
  fail(sentenceOf(error))
}

function sentenceOf(error: unknown): string {
  if (error instanceof z.ZodError) return z.prettifyError(error)
  if (!(error instanceof Error)) return String(error)
  // SQLITE_FULL
  const full = 'errcode' in error && error.errcode === 13
  return full ? 'The disk is full. Nothing is lost: free some space and start the agent again.' : error.message
}
