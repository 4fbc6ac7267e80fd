import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files that mostly wait for the clock (an interval, a patience, a time-out), the longest first. */
const waiters = [
  'podium.conformance.test.ts',
  'clientbook.conformance.test.ts',
  'tests/features/initial-upload.test.ts',
  'tests/faults/kill.test.ts',
  'tests/features/edt.test.ts',
  'tests/faults/podium.test.ts',
  'tests/start.test.ts',
]

/** Begins the files that wait before all others, so that these run meanwhile and none is waited for alone at the end. */
export class WaitersFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const index = waiters.findIndex((name) => moduleId.endsWith(name))
      return index === -1 ? waiters.length : index
    }
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other))
  }
}
