import { describe } from 'vitest'
import { testReading } from './reading.ts'
import { type DriverUnderTest, sourceUnderTest } from './source-under-test.ts'
import { testWriting } from './writing.ts'

/** What the source promises, by whatever driver. */
export function describeSource(driver: DriverUnderTest): void {
  describe(driver.name, () => {
    const source = sourceUnderTest(driver)
    testReading(driver, source)
    testWriting(driver, source)
  })
}
