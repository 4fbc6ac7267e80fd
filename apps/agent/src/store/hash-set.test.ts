import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HashSet } from './hash-set.ts'

const digest = (of: number) => createHash('sha1').update(String(of)).digest('binary')
const step = fc.record({ what: fc.constantFrom('add', 'delete', 'addAll'), of: fc.nat({ max: 3000 }) })

test('holds what a Set would hold', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1500, maxLength: 2500 }), (steps) => {
      const [set, reference] = [new HashSet(), new Set<string>()]
      for (const { what, of } of steps) {
        const value = digest(of)
        if (what === 'delete') set.delete(value)
        else if (what === 'add') set.add(value)
        else if (!reference.has(value)) set.addAll(Buffer.from(value, 'latin1'))
        if (what === 'delete') reference.delete(value)
        else reference.add(value)
      }
      const held = Array.from({ length: 3001 }, (_, of) => digest(of)).filter((value) => set.has(value))
      expect(new Set(held)).toEqual(reference)
    }),
    { numRuns: 20 },
  )
})
