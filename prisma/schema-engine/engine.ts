import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import type { SchemaEngine } from '@prisma/schema-engine-wasm'
import { adapterFactory } from './adapter.ts'

/** The engine for the database at `url`, with these schema files (path and content). It connects when it has to. */
export async function openEngine(schemaFiles: [path: string, content: string][], url: string): Promise<SchemaEngine> {
  // By this name the engine looks for who takes its last words when it panics.
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: { set_message: panic } })
  // Loaded only when it is needed: Node writes a warning to stderr about the WebAssembly in it.
  const { SchemaEngine } = await import('@prisma/schema-engine-wasm')
  const adapter = bindMigrationAwareSqlAdapterFactory(adapterFactory(url))
  return SchemaEngine.new({ datamodels: schemaFiles.length > 0 ? schemaFiles : undefined }, () => {}, adapter)
}

function panic(message: string): never {
  throw new Error(message)
}
