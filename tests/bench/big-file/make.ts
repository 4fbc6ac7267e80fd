// A program: `node make.ts <folder> <customers> <changed>`. Writes two full exports of a store as the sandbox's store writes them, the
// second with as many customers changed, and prints their paths.
import { createSandbox } from '@jumpring/sandbox'
import { z } from 'zod'

const [directory, customers, changed] = z
  .tuple([z.string(), z.coerce.number(), z.coerce.number()])
  .parse(process.argv.slice(2))

const { app, store } = await createSandbox({ directory, customers: 0, store: { autoExport: false } })
store.seed(customers, 17, 'mixed')
const [first] = await store.exporter.export('all')
const step = customers / changed
for (let index = 0; index < changed; index++) {
  const key = `001-${String(Math.floor((index + 0.5) * step)).padStart(5, '0')}`
  store.edit(key, { CustomerNotes: 'Asked for a ring size.', CustomerMiddleName: 'Q.' })
}
const [second] = await store.exporter.export('all')
await app.close()
process.send?.({ first, second })
