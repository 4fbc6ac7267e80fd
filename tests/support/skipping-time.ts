import { resolveTimeSkippingServer } from '@jumpring/infra/local'
import { TestWorkflowEnvironment } from '@temporalio/testing'

/** A Temporal server of a test's own, whose clock runs on to the next timer while somebody waits for a workflow. Tear it down in the end. */
export async function skippingTime(): Promise<TestWorkflowEnvironment> {
  const path = await resolveTimeSkippingServer()
  return TestWorkflowEnvironment.createTimeSkipping({ server: { executable: { type: 'existing-path', path } } })
}
