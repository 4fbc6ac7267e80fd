import { buildPrograms } from '@jumpring/infra/local'
import type { TestProject } from 'vitest/node'
import { startServers } from './servers.ts'

/** Before the first integration test of a run; what it gives back is called after the last. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [{ stop, ...servers }] = await Promise.all([startServers({ durable: false }), buildPrograms()])
  project.provide('servers', servers)
  return stop
}
