import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { Documents } from '../documents.ts'
import { testFolder } from '../testing/kit.ts'
import { Shelf } from './shelf.ts'

const thingSchema = z.object({ id: z.string(), owner: z.string(), name: z.string().nullable(), seq: z.number() })
type Thing = z.infer<typeof thingSchema>

function open(file: string) {
  const documents = new Documents(file)
  onTestFinished(() => documents.close())
  const shelf = new Shelf<Thing>(documents, 'thing', thingSchema, {
    key: ({ id }) => id,
    also: ({ name }) => name ?? undefined,
    groups: { of: ({ owner }) => ['all', owner], seq: ({ seq }) => seq },
  })
  return { documents, shelf }
}

it('finds things by both keys and by what they belong to, in the order of their last put, however often they are put', () => {
  const file = join(testFolder(), 'things.sqlite')
  const { shelf, documents } = open(file)
  let seq = 0
  const put = (id: string, owner: string, name: string | null = null) => shelf.put({ id, owner, name, seq: ++seq })
  const ids = (things: Iterable<Thing>) => [...things].map(({ id }) => id)
  for (const id of ['a', 'b', 'c']) put(id, 'x', `name of ${id}`)
  for (let times = 0; times < 500; times++) put('a', 'x', 'new name')
  const afterA = seq
  put('b', 'y')
  expect(ids(shelf.of('x'))).toEqual(['c', 'a'])
  expect(ids(shelf.of('y'))).toEqual(['b'])
  expect(ids(shelf.of('all'))).toEqual(['c', 'a', 'b'])
  expect(ids(shelf.each('all', afterA))).toEqual(['b'])
  expect([shelf.also('new name')?.id, shelf.also('name of a'), shelf.also('name of b')]).toEqual([
    'a',
    undefined,
    undefined,
  ])
  shelf.remove('c')
  expect([ids(shelf.of('x')), shelf.get('c'), shelf.also('name of c')]).toEqual([['a'], undefined, undefined])
  documents.flush()
  expect(ids(open(file).shelf.of('all'))).toEqual(['a', 'b'])
})
