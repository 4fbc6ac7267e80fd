import { randomBytes } from 'node:crypto'
import { Connection } from '@temporalio/client'
import { msToTs } from '@temporalio/common/lib/time.js'
import { servers } from './servers.ts'

/** A namespace of one test's own on the run's server, so that equal workflow ids do not meet. */
export async function temporalNamespace(): Promise<{ address: string; namespace: string }> {
  const address = servers().temporalAddress
  const namespace = `test-${randomBytes(6).toString('hex')}`
  const connection = await Connection.connect({ address })
  try {
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: msToTs('1 day'),
    })
  } finally {
    await connection.close()
  }
  return { address, namespace }
}
