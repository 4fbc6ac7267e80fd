import { currentGeneration, openDatabase, openKeyring } from '@jumpring/db'
import { readEnv } from './env.ts'
import { ensureOperator } from './graphql/index.ts'
import { createApi } from './server.ts'

const env = readEnv()
const db = openDatabase(env.DATABASE_URL)
const api = await createApi({
  db,
  keyring: await openKeyring(env.KEY_FILE),
  temporal: { address: env.TEMPORAL_ADDRESS, namespace: env.TEMPORAL_NAMESPACE },
  publicUrl: env.PUBLIC_URL,
  logLevel: env.LOG_LEVEL,
})

// Ctrl-C may come twice; the first one starts the end, the others change nothing.
let ending = false
const end = async () => {
  if (ending) return
  ending = true
  await api.close()
  await db.close()
}
process.on('SIGINT', end)
process.on('SIGTERM', end)

await currentGeneration(db)
await ensureOperator(db, env.OPERATOR_EMAIL, env.OPERATOR_PASSWORD)
await api.listen({ host: '127.0.0.1', port: env.PORT })
