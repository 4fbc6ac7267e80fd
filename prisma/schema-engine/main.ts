#!/usr/bin/env node
// Stands in for the program `schema-engine`, which the Prisma CLI would download: the same engine, compiled to WebAssembly
// and published as a package, on top of the driver that we use anyway. The CLI starts what PRISMA_SCHEMA_ENGINE_BINARY
// names in one of two ways:
//   --datasource <JSON> cli <command>                   one command; its errors are log lines on stderr
//   [--datamodels <schema file>]… --datasource <JSON>   JSON-RPC, a line a message, until its stdin ends
// (as the CLI 7.10.0 does; it is documented nowhere, so prisma and the engine are pinned to one version.)
import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import type { SchemaEngine } from '@prisma/schema-engine-wasm'
import { z } from 'zod'
import { runCommand } from './command.ts'
import { openEngine } from './engine.ts'
import { answerRequests } from './rpc.ts'

const { values, positionals } = parseArgs({
  options: {
    datamodels: { type: 'string', multiple: true, default: [] },
    datasource: { type: 'string', default: '{}' },
  },
  allowPositionals: true,
  // The CLI says more (preview features, say), which the engine reads from the schema itself.
  strict: false,
})

if (positionals[0] === 'cli') await runCommand(positionals[1], databaseUrl())
else await answerRequests(open)
// A connection that is still open would keep the process.
process.exit()

async function open(): Promise<SchemaEngine> {
  const paths = z.array(z.string()).parse(values.datamodels)
  const files = await Promise.all(
    paths.map(async (path): Promise<[string, string]> => [path, await readFile(path, 'utf8')]),
  )
  return openEngine(files, databaseUrl())
}

function databaseUrl(): string {
  return z.object({ url: z.string() }).parse(JSON.parse(z.string().parse(values.datasource))).url
}
