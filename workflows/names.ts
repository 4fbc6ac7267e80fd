/** Task queues. What a bulk does has a queue of its own, so that it never slows another's live changes; all workflows run on the first. */
export const taskQueues = { live: 'connections', backfill: 'backfill' } as const

export const connectionWorkflowName = 'connection'

/** One workflow per connection, for as long as it lives. */
export const connectionWorkflowId = (connectionId: string): string => `connection-${connectionId}`

/** The doorbell: carries nothing; many rings become one. What there is to do stands in the database. */
export const ringSignalName = 'ring'
/** "Run now": as the doorbell, and the platform is asked for its changes too. */
export const runNowSignalName = 'runNow'

export const licenseWorkflowName = 'license'

/** One workflow per license, from the order to its end. */
export const licenseWorkflowId = (licenseId: string): string => `license-${licenseId}`

export const initialUploadWorkflowId = (connectionId: string): string => `initial-upload-${connectionId}`
