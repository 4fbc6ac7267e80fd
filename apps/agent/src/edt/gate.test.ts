import { expect, test, vi } from 'vitest'
import { Gate } from './gate.ts'

const isOpen = (passed: Promise<void>) => Promise.race([passed.then(() => true), Promise.resolve(false)])

test('who comes while a look is under way waits for the next', async () => {
  const ask = vi.fn()
  const gate = new Gate(ask)
  const early = gate.passed()
  const looked = gate.lookBegins()
  const late = gate.passed()
  looked(true)
  await early
  expect([await isOpen(late), ask.mock.calls.length]).toEqual([false, 2])
  gate.lookBegins()(false)
  expect(await isOpen(late)).toBe(false)
  gate.lookBegins()(true)
  await late
})

test('once nobody looks any more nobody waits, whether they came before or after', async () => {
  const gate = new Gate(() => {})
  const before = gate.passed()
  gate.lookBegins()
  const meanwhile = gate.passed()
  gate.close()
  await Promise.all([before, meanwhile, gate.passed()])
})
