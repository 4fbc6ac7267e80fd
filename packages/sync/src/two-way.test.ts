import { expect, test } from 'vitest'
import type { SheetFields, SheetKind } from './sheets.ts'
import { due, happened, newSheet, type SheetEvent, type SheetState } from './two-way.ts'

const at = (second: number) => new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString()

/** What has happened to a sheet, one after the other; the platform takes each write at once, The Edge each wish. */
function run(kind: SheetKind, events: readonly SheetEvent[], from: SheetState = newSheet) {
  const lost = []
  let state = from
  for (const event of events) {
    const next = happened(kind, state, event)
    lost.push(...next.lost)
    state = next.state
  }
  return { state, lost, ...due(kind, state) }
}
const edge = (fields: SheetFields, closed = false): SheetEvent => ({ type: 'edgeShows', fields, closed })
const platform = (fields: SheetFields, second: number): SheetEvent => ({
  type: 'platformShows',
  fields,
  at: at(second),
})
const agreed = (fields: SheetFields): SheetEvent[] => [edge(fields), platform(fields, 1)]

test('[CB-06] a note that is edited on both sides keeps the text of The Edge; the other becomes a note of its own', () => {
  const { lost, write, wish } = run('note', [
    ...agreed({ text: 'ring' }),
    edge({ text: 'ring, gold' }),
    platform({ text: 'ring, silver' }, 2),
  ])
  expect(lost).toEqual([
    { field: 'text', value: 'ring, silver', kept: 'ring, gold', why: 'both_changed', at: 'newNote' },
  ])
  expect({ write, wish }).toEqual({ write: { text: 'ring, gold' }, wish: null })
})

test('[CB-06] a note that is locked in The Edge and edited on the platform: a new note, and the old text goes back', () => {
  const { lost, write, wish } = run('note', [
    ...agreed({ text: 'ring' }),
    edge({ text: 'ring' }, true),
    platform({ text: 'ring!' }, 2),
  ])
  expect(lost).toEqual([{ field: 'text', value: 'ring!', kept: 'ring', why: 'closed', at: 'newNote' }])
  expect({ write, wish }).toEqual({ write: { text: 'ring' }, wish: null })
})

test('[CB-06] a note that is locked while an edit of the platform is on its way to it', () => {
  const events = [...agreed({ text: 'ring' }), platform({ text: 'ring!' }, 2), edge({ text: 'ring' }, true)]
  const { lost, write } = run('note', events)
  expect(lost).toMatchObject([{ value: 'ring!', why: 'closed', at: 'newNote' }])
  expect(write).toEqual({ text: 'ring' })
})

test('[CB-06] a note deleted on the platform stays in The Edge, and comes back when its text changes there', () => {
  const deleted = run('note', [
    ...agreed({ text: 'ring' }),
    { type: 'platformRemoved', at: at(2) },
    edge({ text: 'ring' }),
  ])
  expect([deleted.write, deleted.wish, deleted.lost]).toEqual([null, null, []])
  expect(run('note', [edge({ text: 'ring, gold' })], deleted.state).write).toEqual({ text: 'ring, gold' })
  // Its deletion told late: it has been made again since.
  const remade = run('note', [
    ...agreed({ text: 'ring' }),
    edge({ text: 'gold' }),
    { type: 'platformAsked', fields: { text: 'gold' } },
  ])
  const late = run(
    'note',
    [
      { type: 'platformTook', at: at(3) },
      { type: 'platformRemoved', at: at(2) },
    ],
    remade.state,
  )
  expect(late.state.platform.gone).toBe(false)
})

const wish = { present: 'yes', item: '001-150-00004', description: 'Ring' }

test('[CB-04] a wish taken off the collection is removed in The Edge, which keeps its words', () => {
  const { wish: asked, lost } = run('wish', [...agreed(wish), platform({ present: 'no' }, 2)])
  expect(asked).toEqual({ fields: { ...wish, present: 'no' }, expected: wish })
  expect(lost).toEqual([])
})

test('[CB-04] a wish that a sale fulfills leaves the collection, whatever staff do to it meanwhile', () => {
  const bought = edge({ ...wish, present: 'no' }, true)
  const {
    write,
    wish: asked,
    lost,
  } = run('wish', [...agreed(wish), bought, platform({ ...wish, description: 'Band' }, 2)])
  expect(write).toMatchObject({ present: 'no' })
  expect(asked).toBeNull()
  expect(lost).toEqual([{ field: 'description', value: 'Band', kept: 'Ring', why: 'closed', at: 'conflict' }])
})

test('[CB-04] a wish removed in The Edge and changed on the platform is removed; the change stands in the removed wish', () => {
  const changes = [edge({ ...wish, present: 'no' }), platform({ ...wish, description: 'Band' }, 2)]
  const { write, wish: asked, lost } = run('wish', [...agreed(wish), ...changes])
  expect(write).toMatchObject({ present: 'no' })
  expect(asked?.fields).toEqual({ present: 'no', item: wish.item, description: 'Band' })
  expect(lost).toEqual([])
})

test('[CB-04] a collection that staff delete takes no wish out of The Edge, and is made again with the next wish', () => {
  const gone = run('wish', [...agreed(wish), { type: 'platformRemoved', at: at(2), spared: true }, edge(wish)])
  expect([gone.write, gone.wish, gone.lost]).toEqual([null, null, []])
  expect(run('wish', [{ type: 'revived' }], gone.state).write).toEqual(wish)
})

test('[CB-03] fields that are mapped for the first time: what only one side has goes to the other, else The Edge wins', () => {
  const {
    write,
    wish: asked,
    lost,
  } = run('customFields', [edge({ 1: '6', 2: null, 3: 'gold' }), platform({ 1: null, 2: 'blue', 3: 'silver' }, 1)])
  expect(write).toEqual({ 1: '6', 3: 'gold' })
  expect(asked).toEqual({ fields: { 2: 'blue' }, expected: { 2: null } })
  expect(lost).toEqual([{ field: '3', value: 'silver', kept: 'gold', why: 'both_changed', at: 'conflict' }])
})

test('[CB-06] a wish that The Edge fulfills after people there changed the note and changed it back is undone: they were later', () => {
  const asked = run('note', [
    ...agreed({ text: 'ring' }),
    platform({ text: 'ring!' }, 2),
    { type: 'edgeAsked', fields: { text: 'ring!' } },
  ])
  const { wish: again, write } = run(
    'note',
    [edge({ text: 'band' }), edge({ text: 'ring' }), edge({ text: 'ring!' })],
    asked.state,
  )
  expect(again).toEqual({ fields: { text: 'ring' }, expected: { text: 'ring!' } })
  expect(write).toEqual({ text: 'ring' })
})

test('[CB-06] what staff enter after our write, told before the write is answered, is known to stand there', () => {
  const asked: SheetEvent = { type: 'platformAsked', fields: { text: 'band' } }
  const { write, lost } = run('note', [
    ...agreed({ text: 'ring' }),
    edge({ text: 'band' }),
    asked,
    platform({ text: 'brooch' }, 5),
    { type: 'platformTook', at: at(4) },
  ])
  expect(write).toEqual({ text: 'band' })
  expect(lost).toMatchObject([{ value: 'brooch', kept: 'band', why: 'both_changed' }])
})
