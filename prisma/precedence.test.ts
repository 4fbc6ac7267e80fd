import { expect, test } from 'vitest'
import { createPrecedence } from './precedence.ts'

const at = { ms: 0 }
const world = () => {
  at.ms = 0
  return createPrecedence(() => at.ms)
}

test('a bulk goes on at once while no other connection has live changes', () => {
  const precedence = world()
  precedence.begin('big', 'backfill')
  precedence.begin('big', 'live')
  expect(precedence.restMs('big', 400)).toBe(0)
})

test('a bulk rests while another connection has live changes, and for a second after, in measure', () => {
  const precedence = world()
  precedence.begin('big', 'backfill')
  const end = precedence.begin('small', 'live')
  expect(precedence.restMs('big', 400)).toBe(2000)
  expect(precedence.restMs('big', 5000)).toBe(5000)
  end()
  at.ms = 900
  expect(precedence.restMs('big', 400)).toBe(2000)
  at.ms = 1100
  expect(precedence.restMs('big', 400)).toBe(0)
})

test('two bulks do not rest for the echoes of each other', () => {
  const precedence = world()
  const end = precedence.begin('other', 'backfill')
  precedence.begin('other', 'live')
  expect(precedence.restMs('big', 400)).toBe(0)
  end()
  expect(precedence.restMs('big', 400)).toBe(2000)
})
