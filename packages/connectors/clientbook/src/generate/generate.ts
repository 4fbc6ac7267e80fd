import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { typesOf } from './types.ts'

const target = fileURLToPath(new URL('../api.ts', import.meta.url))
const document: unknown = JSON.parse(readFileSync(new URL('../../api.openapi.json', import.meta.url), 'utf8'))
writeFileSync(target, typesOf(document))
execFileSync('biome', ['format', '--write', target], { stdio: 'inherit' })
