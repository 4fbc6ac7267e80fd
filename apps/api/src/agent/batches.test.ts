import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { readBatches } from './batches.ts'

const upload = (lines: number) =>
  Readable.from([
    Array.from({ length: lines }, (_, i) => `${JSON.stringify({ n: i + 1, op: 'complete', kind: 'customer' })}\n`).join(
      '',
    ),
  ])

const sizesOf = async (lines: number, isConsiderate: boolean) => {
  const sizes: number[] = []
  for await (const batch of readBatches(upload(lines), 'identity', () => isConsiderate)) sizes.push(batch.lines.length)
  return sizes
}

test('batches grow, and are small while others have something to write', async () => {
  expect(await sizesOf(5000, false)).toEqual([500, 500, 1000, 2000, 1000])
  expect(await sizesOf(1000, true)).toEqual([250, 250, 250, 250])
})
