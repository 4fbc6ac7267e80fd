import { expect, test } from 'vitest'
import { anyFreePort } from './ports.ts'

test('a port is not given twice, also where nobody listens on it yet', async () => {
  const ports = []
  for (let i = 0; i < 90; i++) ports.push(await anyFreePort())
  expect(new Set(ports).size).toBe(90)
  // All from the share of this process.
  expect(Math.max(...ports) - Math.min(...ports)).toBeLessThan(100)
})
