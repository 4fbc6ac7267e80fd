import type { WorkflowClient } from '@temporalio/client'
import {
  connectionWorkflowId,
  connectionWorkflowName,
  licenseWorkflowId,
  licenseWorkflowName,
  ringSignalName,
  runNowSignalName,
  taskQueues,
} from './names.ts'

/** Input of the connection workflow. */
export interface ConnectionInput {
  readonly tenantId: string
  readonly connectionId: string
}

/**
 * Wakes a connection's workflow, and starts it where there is none (a new connection, or a Temporal that lost its database).
 * @throws when Temporal does not answer; callers on the way up may ignore that: the sweep rings again.
 */
export async function ringDoorbell(
  client: WorkflowClient,
  connection: ConnectionInput,
  bell: 'ring' | 'runNow' = 'ring',
): Promise<void> {
  await client.signalWithStart(connectionWorkflowName, {
    workflowId: connectionWorkflowId(connection.connectionId),
    taskQueue: taskQueues.live,
    args: [{ tenantId: connection.tenantId, connectionId: connection.connectionId }],
    signal: bell === 'ring' ? ringSignalName : runNowSignalName,
    signalArgs: [],
  })
}

/** Input of the license workflow. */
export interface LicenseInput {
  readonly tenantId: string
  readonly licenseId: string
}

/** Wakes a license's workflow, and starts it where there is none. @throws when Temporal does not answer */
export async function ringLicense(client: WorkflowClient, { tenantId, licenseId }: LicenseInput): Promise<void> {
  await client.signalWithStart(licenseWorkflowName, {
    workflowId: licenseWorkflowId(licenseId),
    taskQueue: taskQueues.live,
    args: [{ tenantId, licenseId }],
    signal: ringSignalName,
    signalArgs: [],
  })
}
