import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SheetFields, SheetKind } from './sheets.ts'
import { due, happened, type Lost, newSheet, type SheetEvent, type SheetState } from './two-way.ts'

/**
 * One sheet on two sides, run in any order: people edit on both, writes are repeated after a crash, events come late, twice, in any
 * order or not at all, wishes wait for the agent. The oracle is two plain stores and a log of who entered what.
 */
type Step =
  | { do: 'edgeEdits' | 'staffEdits'; field: number; value: number }
  | { do: 'edgeCloses' | 'up' | 'down' | 'run' | 'call' | 'answer' | 'show' | 'apply' | 'report' | 'poll' }
  | { do: 'deliver' | 'deliverAgain' | 'lose'; which: number }

const fieldsOf: Record<SheetKind, readonly string[]> = {
  note: ['text'],
  wish: ['present', 'item', 'description'],
  customFields: ['1', '2'],
}
const enteredAs = (field: string, n: number) => (field === 'present' ? (n % 2 === 0 ? 'yes' : 'no') : `${field}-${n}`)
const stamp = (n: number) => new Date(Date.UTC(2026, 0, 1) + n).toISOString()

interface Shown {
  readonly fields: SheetFields
  readonly at: number
}
interface Entered {
  readonly field: string
  readonly value: string
  readonly at: number
}
interface Command {
  readonly id: number
  readonly fields: SheetFields
  readonly expected: SheetFields | null
}

class World {
  readonly kind: SheetKind
  state: SheetState = newSheet
  edge: SheetFields | null = null
  isClosed = false
  platform: Shown | null = null
  clock = 1

  /** What The Edge has come to hold and the cloud has not looked at, in order. */
  coming: { fields: SheetFields; closed: boolean }[] = []
  commands: Command[] = []
  /** The newest command, and what is known of it here. */
  command = 0
  reports: { id: number; refused: boolean }[] = []
  /** The write under way, and the stamp of its last call. */
  write: { fields: SheetFields; at: number | null } | null = null
  events: Shown[] = []
  delivered: Shown[] = []

  /** The oracle. */
  byEdge: Entered[] = []
  byStaff: Entered[] = []
  everInEdge = new Set<string>()
  everOnPlatform = new Set<string>()
  told = new Set<number>()
  lost: Lost[] = []
  writes = 0
  wishes = 0
  refusals = 0

  constructor(kind: SheetKind) {
    this.kind = kind
  }

  step(step: Step): void {
    switch (step.do) {
      case 'edgeEdits':
        this.edgeEdits(step)
        break
      case 'staffEdits':
        this.staffEdits(step)
        break
      case 'edgeCloses':
        if (this.edge && !this.isClosed) this.edgeHolds(this.edge, true)
        break
      case 'show':
        this.show()
        break
      case 'up':
        for (const one of ['show', 'run', 'call', 'answer'] as const) this.step({ do: one })
        break
      case 'down':
        for (const one of ['poll', 'run', 'apply', 'show', 'report'] as const) this.step({ do: one })
        break
      case 'run':
        this.run()
        break
      case 'call':
        this.call()
        break
      case 'answer':
        this.answer()
        break
      case 'apply':
        this.apply()
        break
      case 'report': {
        const report = this.reports.shift()
        if (report?.refused && report.id === this.command) this.happens({ type: 'edgeRefused' })
        break
      }
      case 'poll':
        this.receive(this.platform)
        break
      case 'deliver':
        this.receive(this.events.splice(step.which % Math.max(1, this.events.length), 1)[0])
        break
      case 'deliverAgain':
        this.receive(this.delivered[step.which % Math.max(1, this.delivered.length)])
        break
      case 'lose':
        this.events.splice(step.which % Math.max(1, this.events.length), 1)
    }
  }

  /** Everything under way arrives, and the platform is read. @returns whether anything was still to be done */
  settle(): boolean {
    const before = this.writes + this.wishes
    for (let round = 0; round < 12; round += 1) {
      while (this.events.length > 0) this.step({ do: 'deliver', which: 0 })
      this.step({ do: 'poll' })
      while (this.commands.length > 0) this.step({ do: 'apply' })
      while (this.coming.length > 0) this.step({ do: 'show' })
      while (this.reports.length > 0) this.step({ do: 'report' })
      this.step({ do: 'run' })
      if (this.write) this.step({ do: 'call' })
      this.step({ do: 'answer' })
    }
    return this.writes + this.wishes > before
  }

  private edgeEdits({ field, value }: { field: number; value: number }): void {
    if (this.isClosed) return
    const name = this.nameOf(field)
    const entered = enteredAs(name, value)
    this.clock += 1
    const before = this.edge ?? this.blank()
    this.byEdge.push({ field: name, value: entered, at: this.clock })
    if (before[name] === entered && this.edge) return
    this.edgeHolds({ ...before, [name]: entered }, false)
  }

  private staffEdits({ field, value }: { field: number; value: number }): void {
    const name = this.nameOf(field)
    const entered = enteredAs(name, value)
    const before = this.platform?.fields ?? this.blank()
    if (this.platform && before[name] === entered) return
    // Nobody edits or takes off what is not there to be seen.
    const isThere = this.platform !== null && before.present === 'yes'
    if (this.kind === 'wish' && !isThere && entered !== 'yes') return
    this.clock += 1
    this.byStaff.push({ field: name, value: entered, at: this.clock })
    this.platformHolds({ ...before, [name]: entered })
  }

  private nameOf = (field: number) => fieldsOf[this.kind][field % fieldsOf[this.kind].length] ?? ''
  private blank = (): SheetFields =>
    Object.fromEntries(
      fieldsOf[this.kind].map((name) => [name, name === 'present' ? 'yes' : name === 'text' ? 'text' : null]),
    )

  private edgeHolds(fields: SheetFields, closed: boolean): void {
    this.edge = fields
    this.isClosed = closed
    this.coming.push({ fields, closed })
    for (const [field, value] of Object.entries(fields)) this.everInEdge.add(`${field}=${value}`)
  }

  private platformHolds(fields: SheetFields): void {
    this.clock += 1
    this.platform = { fields, at: this.clock }
    this.events.push(this.platform)
    for (const [field, value] of Object.entries(fields)) this.everOnPlatform.add(`${field}=${value}`)
  }

  private happens(event: SheetEvent): void {
    const { state, lost } = happened(this.kind, this.state, event)
    // What is kept is kept as JSON.
    this.state = JSON.parse(JSON.stringify(state))
    this.lost.push(...lost)
  }

  private show(): void {
    const next = this.coming.shift()
    if (next) this.happens({ type: 'edgeShows', ...next })
  }

  private receive(shown: Shown | null | undefined): void {
    if (!shown) return
    this.delivered.push(shown)
    this.told.add(shown.at)
    this.happens({ type: 'platformShows', fields: shown.fields, at: stamp(shown.at) })
  }

  private run(): void {
    const { write, wish } = due(this.kind, this.state)
    if (write && !this.write) {
      this.writes += 1
      this.write = { fields: write, at: null }
      this.happens({ type: 'platformAsked', fields: write })
    }
    if (wish) {
      this.wishes += 1
      this.command += 1
      this.commands.push({ id: this.command, ...wish })
      this.happens({ type: 'edgeAsked', fields: wish.fields })
    }
  }

  /** May be made again and again before an answer is known. */
  private call(): void {
    if (!this.write) return
    this.platformHolds({ ...this.platform?.fields, ...this.write.fields })
    this.write.at = this.platform?.at ?? null
  }

  private answer(): void {
    if (!this.write || this.write.at === null) return
    this.happens({ type: 'platformTook', at: stamp(this.write.at) })
    this.write = null
  }

  private apply(): void {
    const command = this.commands.shift()
    if (!command) return
    const { id, fields, expected } = command
    const fits =
      !this.isClosed &&
      (expected === null
        ? this.edge === null
        : Object.entries(expected).every(([name, value]) => (this.edge?.[name] ?? null) === value))
    if (fits) this.edgeHolds({ ...this.edge, ...fields }, false)
    else this.refusals += 1
    this.reports.push({ id, refused: !fits })
  }
}

const step: fc.Arbitrary<Step> = fc.oneof(
  // What mostly happens in one go.
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('up', 'down') }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('edgeEdits', 'staffEdits'), field: fc.nat(2), value: fc.nat(5) }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constantFrom('run', 'call', 'answer', 'show', 'apply', 'report', 'poll') }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('deliver', 'deliverAgain', 'lose'), which: fc.nat(3) }) },
)
const closing: fc.Arbitrary<Step> = fc.constant({ do: 'edgeCloses' })
const history = fc.array(fc.oneof({ weight: 30, arbitrary: step }, { weight: 1, arbitrary: closing }), {
  maxLength: 60,
})
const kinds: SheetKind[] = ['note', 'wish', 'customFields']
const runs = { numRuns: 1500 }

function after(kind: SheetKind, steps: readonly Step[], first?: 'edge' | 'platform'): World {
  const world = new World(kind)
  if (first === 'edge') world.step({ do: 'edgeEdits', field: 0, value: 0 })
  if (first === 'platform') world.step({ do: 'staffEdits', field: 0, value: 0 })
  if (first) world.settle()
  for (const one of steps) world.step(one)
  world.settle()
  return world
}
const begins = fc.constantFrom('edge' as const, 'platform' as const, undefined)

/** What a person sees: of a wish that is off the list nothing. */
const seen = (kind: SheetKind, fields: SheetFields | null | undefined) => {
  if (!fields || (kind === 'wish' && fields.present !== 'yes')) return null
  const values = fieldsOf[kind].map((name) => fields[name] ?? null)
  return values.every((value) => value === null) ? null : values
}

describe.each(kinds)('a %s that people change on both sides, any history', (kind) => {
  it('[CB-03] [CB-04] [CB-06] guarantee 4: at rest both sides hold the same, and stay at rest', () => {
    fc.assert(
      fc.property(begins, history, (first, steps) => {
        const world = after(kind, steps, first)
        expect(seen(kind, world.platform?.fields)).toEqual(seen(kind, world.edge))
        expect(world.settle()).toBe(false)
      }),
      runs,
    )
  })

  it('guarantee 3: what people entered in The Edge gives way only to what they entered there later, or to who saw it on the platform', () => {
    fc.assert(
      fc.property(begins, history, (first, steps) => {
        const world = after(kind, steps, first)
        for (const { field, value, at } of world.byEdge) {
          const isSuperseded = world.byEdge.some((later) => later.field === field && later.at > at)
          const wasSeen = world.everOnPlatform.has(`${field}=${value}`)
          expect(world.edge?.[field] === value || isSuperseded || wasSeen).toBe(true)
        }
      }),
      runs,
    )
  })

  it('nothing that we were told of is lost: it came to The Edge, or is kept, or its author replaced it', () => {
    fc.assert(
      fc.property(begins, history, (first, steps) => {
        const world = after(kind, steps, first)
        for (const { field, value, at } of world.byStaff) {
          const isTold = world.told.has(at + 1)
          const isSuperseded = world.byStaff.some(
            (later) => later.at > at && (later.field === field || (later.field === 'present' && later.value === 'no')),
          )
          const isKept = world.lost.some((lost) => lost.field === field && lost.value === value)
          // What was added and taken off before we were told is none of The Edge's business.
          const isNothing = value === 'no' && world.edge === null
          expect(!isTold || isNothing || isSuperseded || isKept || world.everInEdge.has(`${field}=${value}`)).toBe(true)
        }
      }),
      runs,
    )
  })

  it('guarantee 4: no ping-pong: as many writes and wishes as there were changes, refusals and repetitions', () => {
    fc.assert(
      fc.property(begins, history, (first, steps) => {
        const { writes, wishes, byEdge, byStaff, refusals } = after(kind, steps, first)
        const repeated = steps.filter((one) => one.do === 'call').length
        expect(writes + wishes).toBeLessThanOrEqual(2 * (byEdge.length + byStaff.length + refusals + repeated) + 2)
      }),
      runs,
    )
  })

  it('guarantee 4: no echo: where only one side changes, nothing is asked of it, and nothing is lost', () => {
    fc.assert(
      fc.property(fc.constantFrom('edge' as const, 'platform' as const), history, (side, steps) => {
        const other = side === 'edge' ? 'staffEdits' : 'edgeEdits'
        const world = after(
          kind,
          steps.filter((one) => one.do !== other && one.do !== 'edgeCloses'),
          side,
        )
        expect(side === 'edge' ? world.wishes : world.writes).toBe(0)
        expect(world.lost).toEqual([])
      }),
      runs,
    )
  })
})
