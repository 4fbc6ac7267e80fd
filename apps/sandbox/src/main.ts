import { readEnv } from './env.ts'
import { createSandbox } from './server.ts'

const env = readEnv()
const sandbox = await createSandbox({
  directory: env.SANDBOX_DIR,
  licenseId: env.SANDBOX_LICENSE_ID,
  customers: env.SANDBOX_CUSTOMERS,
  history: env.SANDBOX_HISTORY === 'yes',
  ...(env.MAIL_DIR !== undefined && { mailFolder: env.MAIL_DIR }),
})
const address = await sandbox.app.listen({ host: '127.0.0.1', port: env.PORT })
process.stdout.write(`sandbox: ${address}\n`)

let stopping = false
const stop = async () => {
  // Ctrl-C may arrive twice: once from the terminal, once from the parent.
  if (stopping) return
  stopping = true
  await sandbox.app.close()
}
process.on('SIGINT', stop)
process.on('SIGTERM', stop)
