// A program: `node read.ts <data folder> <file>`. Reads an export as the agent does and says how long that took.
import { z } from 'zod'
// Not by the package's face, which brings along what has nothing to do with reading.
import { scanFile } from '../../../apps/agent/src/edt/read-file.ts'
import { openStore } from '../../../apps/agent/src/store/store.ts'
import { storeSettingsSchema } from '../../../apps/agent/src/store-settings.ts'

const [dataDir, file] = z.tuple([z.string(), z.string()]).parse(process.argv.slice(2))
const store = openStore(dataDir)
const started = performance.now()
const { outcome, records, changed } = await scanFile(store, file, storeSettingsSchema.parse({ region: 'US' }))
const ms = performance.now() - started
store.db.close()
if (outcome !== 'closed') throw new Error(`The file was not read to its end: ${outcome}`)
process.send?.({ ms, records, changed, peakMB: process.resourceUsage().maxRSS / 1024 })
