import { createInterface } from 'node:readline'
import type { SchemaEngine } from '@prisma/schema-engine-wasm'
import { z } from 'zod'

const messageSchema = z.object({ id: z.number(), method: z.string().optional(), params: z.unknown().optional() })
const failureSchema = z.object({ message: z.string(), code: z.string().optional() })

/**
 * Answers what the Prisma CLI asks for on stdin, on stdout, one request after the other, until stdin ends. Whatever goes
 * wrong becomes an answer: when an engine ends without one, `migrate diff` and others end as if all were well.
 */
export async function answerRequests(open: () => Promise<SchemaEngine>): Promise<void> {
  // An engine that panics does so in a turn of its own, and leaves its promise for ever pending.
  const panicked = new Promise<never>((_, reject) => process.on('uncaughtException', reject))
  panicked.catch(() => {})
  let engine: Promise<SchemaEngine> | undefined

  for await (const line of createInterface({ input: process.stdin })) {
    const { id, method, params } = messageSchema.parse(JSON.parse(line))
    // The CLI's answer to our `print`.
    if (method === undefined) continue
    engine ??= open()
    try {
      const result = await Promise.race([call(await engine, method, params), panicked])
      send({ id, result: result ?? null })
    } catch (error) {
      send({ id, error: failureOf(error) })
    }
  }
}

async function call(engine: SchemaEngine, method: string, params: unknown): Promise<unknown> {
  // The engine builds what the migrations amount to in devDiagnostic only, and keeps it: but not with those that were
  // pending then and have been applied since. Asked for it later without that, it fails.
  if (method === 'evaluateDataLoss') await invoke(engine, 'devDiagnostic', params)
  const result = await invoke(engine, method, params)
  if (method === 'diff') print(z.object({ stdout: z.string().nullish() }).parse(result).stdout)
  return result
}

/** The engine's methods are named as the protocol's are. */
async function invoke(engine: SchemaEngine, name: string, params: unknown): Promise<unknown> {
  const method: unknown = Reflect.get(engine, name)
  if (typeof method !== 'function') throw new Error(`This schema engine has no method ${name}`)
  return await Reflect.apply(method, engine, [params])
}

/** The CLI shows a diff only if it comes in a message of its own. */
function print(content: string | null | undefined): void {
  if (content) send({ id: 0, method: 'print', params: { content } })
}

function failureOf(error: unknown): object {
  const { message, code } = failureSchema.safeParse(error).data ?? { message: String(error) }
  return { code: 4466, message: 'An error happened', data: { is_panic: false, message, error_code: code } }
}

function send(message: object): void {
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
}
