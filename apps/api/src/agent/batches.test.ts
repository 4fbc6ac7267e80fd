import { Readable } from 'node:stream'
import { maxLineBytes } from '@jumpring/contracts'
import { expect, test } from 'vitest'
import { readBatches } from './batches.ts'

const upload = (lines: number) =>
  Array.from({ length: lines }, (_, i) => `${JSON.stringify({ n: i + 1, op: 'complete', kind: 'customer' })}\n`).join(
    '',
  )

const sizesOf = async (text: string, isConsiderate = false) => {
  const sizes: number[] = []
  for await (const batch of readBatches(Readable.from([text]), 'identity', () => isConsiderate))
    sizes.push(batch.lines.length)
  return sizes
}

test('batches grow, and are small while others have something to write', async () => {
  expect(await sizesOf(upload(5000))).toEqual([500, 500, 1000, 2000, 1000])
  expect(await sizesOf(upload(1000), true)).toEqual([250, 250, 250, 250])
})

test.each(['a', 'ü', '€', '💍'])('a line of %s may have as many bytes as agreed, and no more', async (character) => {
  const lineOf = (bytes: number) => {
    const [start, end] = ['{"n":1,"op":"complete","kind":"customer","note":"', '"}']
    const room = bytes - start.length - end.length
    const width = Buffer.byteLength(character)
    return `${start}${character.repeat(room / width)}${end}${' '.repeat(room % width)}\n`
  }
  expect(await sizesOf(lineOf(maxLineBytes))).toEqual([1])
  await expect(sizesOf(lineOf(maxLineBytes + 1))).rejects.toMatchObject({ code: 'too_large' })
})
