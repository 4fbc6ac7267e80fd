// `npm run demo:change`: changes a phone number in the store, adds a customer in Podium, and watches both arrive.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { stateDir } from './paths.ts'
import { isAlive, until } from './processes.ts'
import { since } from './steps.ts'

const say = (line: string) => process.stdout.write(`${line}\n`)
const addressesSchema = z.object({ pid: z.int(), sandbox: z.url(), podium: z.url(), store: z.url() })
const contactsSchema = z.array(z.object({ name: z.string().nullable(), phoneNumbers: z.array(z.string()) }))
const storeSchema = z.array(
  z.object({
    Key: z.string(),
    PairValue: z.object({
      Emails: z.array(z.object({ PairValue: z.object({ EmailEmail: z.string().nullable() }) })).default([]),
    }),
  }),
)

const file = await readFile(join(stateDir, 'addresses.json'), 'utf8').catch(() => undefined)
const addresses = file === undefined ? undefined : addressesSchema.parse(JSON.parse(file))
if (addresses === undefined || !(await isAlive(addresses.pid))) {
  say('There is nothing to change yet: run npm start in another terminal and wait until it says Ready.')
  process.exit(1)
}
const { sandbox, podium, store } = addresses

try {
  await phoneUp('001-00017')
  await customerDown()
} catch (error) {
  say(error instanceof Error ? error.message : String(error))
  process.exit(1)
}

async function phoneUp(key: string): Promise<void> {
  const taken = new Set((await contacts()).flatMap(({ phoneNumbers }) => phoneNumbers))
  // Numbers from 555-0100 to 555-0199 are nobody's.
  const free = Array.from({ length: 100 }, (_, line) => `20355501${String(line).padStart(2, '0')}`)
  const phone = free.find((number) => !taken.has(`+1${number}`))
  if (!phone) throw new Error('every number from +1 203 555 0100 to 0199 is in use')
  say(`the store: ${key} gets the phone ${phone} (${store})`)
  await post(`/store/customers/${key}/phone`, { phone })
  const start = performance.now()
  const contact = await until(
    async () => (await contacts()).find(({ phoneNumbers }) => phoneNumbers.includes(`+1${phone}`)),
    { timeoutMs: 60_000, what: `Podium to show +1${phone}` },
  )
  say(`Podium:    ${contact.name} has +1${phone}, after ${since(start)} (${podium})`)
}

async function customerDown(): Promise<void> {
  const number = Date.now().toString(36)
  const [name, email] = [`Maren Okafor ${number}`, `maren.okafor.${number}@example.com`]
  say(`Podium:    a new customer, ${name}, ${email}`)
  await post('/control/podium/contacts', { name, emails: [email] })
  const start = performance.now()
  const customer = await until(
    async () =>
      storeSchema
        .parse(await get('/state/store/customers'))
        .find(({ PairValue }) => PairValue.Emails.some((each) => each.PairValue.EmailEmail === email)),
    { timeoutMs: 60_000, what: `the store to show ${email}` },
  )
  say(`the store: customer ${customer.Key}, after ${since(start)}`)
}

async function contacts(): Promise<z.infer<typeof contactsSchema>> {
  return contactsSchema.parse(await get('/state/podium/contacts'))
}

async function get(path: string): Promise<unknown> {
  return answerOf(await fetch(`${sandbox}${path}`), path)
}

async function post(path: string, body: unknown): Promise<unknown> {
  const headers = { 'content-type': 'application/json' }
  return answerOf(await fetch(`${sandbox}${path}`, { method: 'POST', headers, body: JSON.stringify(body) }), path)
}

async function answerOf(answer: Response, path: string): Promise<unknown> {
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
  return answer.json()
}
