// A program: `node parse.ts <file>`. Parses an export whole and says how long that took.
import { readFileSync } from 'node:fs'
import { z } from 'zod'

const [file] = z.tuple([z.string()]).parse(process.argv.slice(2))
const started = performance.now()
const { Customers } = JSON.parse(readFileSync(file, 'utf8'))
const ms = performance.now() - started
process.send?.({ ms, records: Customers.length, changed: 0, peakMB: process.resourceUsage().maxRSS / 1024 })
