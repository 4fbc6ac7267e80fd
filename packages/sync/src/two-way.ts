import { keptAt, type LoserKept } from './conflicts.ts'
import type { SheetFields, SheetKind } from './sheets.ts'

/**
 * A sheet that people change on both sides. Neither side waits for the other, and what a side says may come late, twice or not at all;
 * so for each side we keep what it was last known to hold and what it was asked to hold and has not shown since. What both are to hold
 * is `agreed`: a change of one side moves it; where both have changed, The Edge's does, and the other is kept (conflicts.ts).
 * Whatever a side is not known to hold is asked of it, and nothing else: two sides at rest stay at rest.
 *
 * The two are not alike. A write to the platform overwrites what is there, seen or not: the platform's stamps tell afterwards what that
 * was. A write to The Edge names what it expects and is refused where a person has been faster. What The Edge shows comes in order.
 * Kept as JSON with the link.
 */
export interface SheetState {
  /** On which both last agreed, or whose change has won since. */
  readonly agreed: SheetFields
  readonly edge: EdgeSide
  readonly platform: PlatformSide
}

interface EdgeSide {
  /** Null: The Edge has not shown the sheet yet. */
  readonly shown: SheetFields | null
  /** Fields of a wish for The Edge whose outcome is not known. A showing of them is ours; no other wish is made meanwhile. */
  readonly asked: SheetFields | null
  /** Nothing may be changed there: a note that is locked, a wish that was bought. */
  readonly closed: boolean
}

interface PlatformSide {
  readonly shown: SheetFields | null
  /** The platform's stamp of it; what is shown with an older one changes nothing. */
  readonly at: string | null
  /** Fields of a write that is under way. */
  readonly asked: SheetFields | null
  /** Staff deleted it there: it is not made again before it changes in The Edge. */
  readonly gone: boolean
  /** What our last writes have overwritten, seen or not. */
  readonly overwrote: readonly Overwritten[]
}

/** Between these stamps nobody but staff changed the sheet, and at the end our write overwrote it. */
interface Overwritten {
  readonly after: string | null
  readonly until: string
  readonly before: SheetFields
  readonly wrote: SheetFields
}

export const newSheet: SheetState = {
  agreed: {},
  edge: { shown: null, asked: null, closed: false },
  platform: { shown: null, at: null, asked: null, gone: false, overwrote: [] },
}

/** The state of a sheet that stands at another place of the platform by now, where nothing of it is known yet. */
export function elsewhere(state: SheetState): SheetState {
  return { ...state, platform: newSheet.platform }
}

/** What can happen to a sheet. Stamps are UTC instants of the platform's clock. */
export type SheetEvent =
  | { readonly type: 'edgeShows'; readonly fields: SheetFields; readonly closed: boolean }
  /** A wish for these fields was made of The Edge. */
  | { readonly type: 'edgeAsked'; readonly fields: SheetFields }
  /** It was not and will not be fulfilled: the store holds something else than it expected. */
  | { readonly type: 'edgeRefused' }
  | { readonly type: 'platformShows'; readonly fields: SheetFields; readonly at: string }
  /** Staff deleted it, or (`spared`) it went with something greater that they took away: no word about this one. */
  | { readonly type: 'platformRemoved'; readonly at: string; readonly spared?: boolean }
  | { readonly type: 'platformAsked'; readonly fields: SheetFields }
  | { readonly type: 'platformTook'; readonly at: string }
  /** The write was not and will not be made. */
  | { readonly type: 'platformRefused' }
  /** What went with something greater is to be there again. */
  | { readonly type: 'revived' }

/** A value of the platform that did not win. */
export interface Lost {
  readonly field: string
  readonly value: string | null
  /** What won. */
  readonly kept: string | null
  readonly why: 'both_changed' | 'closed'
  readonly at: LoserKept
}

export interface Happened {
  readonly state: SheetState
  readonly lost: readonly Lost[]
}

/** What a sheet is after something has happened to it. Pure. */
export function happened(kind: SheetKind, state: SheetState, event: SheetEvent): Happened {
  const { edge, platform } = state
  switch (event.type) {
    case 'edgeShows':
      return edgeShows(kind, state, event.fields, event.closed)
    case 'edgeAsked':
      return just({ ...state, edge: { ...edge, asked: event.fields } })
    case 'edgeRefused':
      return just({ ...state, edge: { ...edge, asked: null } })
    case 'platformShows':
      // A note without a text is none.
      return kind === 'note' && held(event.fields, 'text') === null
        ? platformRemoved(kind, state, event.at, false)
        : platformShows(kind, state, event.fields, event.at)
    case 'platformRemoved':
      return platformRemoved(kind, state, event.at, event.spared ?? false)
    case 'platformAsked':
      return just({ ...state, platform: { ...platform, asked: event.fields, gone: false } })
    case 'platformTook':
      return just({ ...state, platform: took(platform, event.at) })
    case 'platformRefused':
      return just({ ...state, platform: { ...platform, asked: null } })
    case 'revived':
      return just({ ...state, platform: platform.gone ? { ...platform, shown: null, gone: false } : platform })
  }
}

const just = (state: SheetState): Happened => ({ state, lost: [] })

function edgeShows(kind: SheetKind, state: SheetState, fields: SheetFields, closed: boolean): Happened {
  const { edge, platform } = state
  const agreed = { ...state.agreed }
  const lost: Lost[] = []
  let isEdited = false
  for (const field of namesOf(fields, agreed)) {
    const [value, known, wanted] = [held(fields, field), held(edge.shown, field), held(agreed, field)]
    const isOurs = edge.asked !== null && field in edge.asked && held(edge.asked, field) === value
    const isEdit = value !== known && !isOurs && value !== wanted
    // A change of the platform that The Edge does not hold, because people there changed it as well or closed it.
    if (wanted !== known && wanted !== value && (isEdit || closed))
      lost.push({ field, value: wanted, kept: value, why: isEdit ? 'both_changed' : 'closed', at: keptAt(kind, field) })
    if (isEdit || closed) agreed[field] = value
    isEdited ||= isEdit
  }
  return {
    state: {
      agreed,
      edge: { shown: fields, asked: isShown(edge, fields) ? null : edge.asked, closed },
      platform: isEdited && platform.gone ? { ...platform, shown: null, gone: false } : platform,
    },
    lost,
  }
}

/** Whether The Edge shows that it has done what it was asked: all at once or nothing. */
function isShown({ shown, asked }: EdgeSide, fields: SheetFields): boolean {
  const changes = Object.entries(asked ?? {}).filter(([field, value]) => shown === null || value !== held(shown, field))
  return changes.some(([field, value]) => value === held(fields, field))
}

function platformShows(kind: SheetKind, state: SheetState, shows: SheetFields, at: string): Happened {
  const { platform, edge } = state
  const fields = wholeOf(kind, shows, platform.shown ?? state.agreed)
  if (isBefore(at, platform.at)) return shownLate(kind, state, fields, at)
  const agreed = { ...state.agreed }
  const lost: Lost[] = []
  let isTaken = false
  for (const field of namesOf(fields, agreed)) {
    const [value, known, wanted] = [held(fields, field), held(platform.shown, field), held(agreed, field)]
    if (value === known) continue
    const isOurs = platform.asked !== null && field in platform.asked && held(platform.asked, field) === value
    isTaken ||= isOurs
    if (isOurs || value === wanted) continue
    if (wanted === known && !edge.closed) agreed[field] = value
    else {
      const why = wanted === known ? 'closed' : 'both_changed'
      lost.push({ field, value, kept: wanted, why, at: keptAt(kind, field) })
    }
  }
  const overwrote = isTaken ? noteOverwritten(platform, at) : platform.overwrote
  return { state: { ...state, agreed, platform: { ...platform, shown: fields, at, gone: false, overwrote } }, lost }
}

/**
 * What staff entered just before a write of ours overwrote it, and we are told only now. Where The Edge has not changed the same, it
 * counts as if it had been told in time.
 */
function shownLate(kind: SheetKind, state: SheetState, fields: SheetFields, at: string): Happened {
  const write = state.platform.overwrote.find(({ after, until }) => isBefore(at, until) && isBefore(after, at))
  if (!write) return just(state)
  const agreed = { ...state.agreed }
  const lost: Lost[] = []
  for (const field of namesOf(fields, agreed)) {
    const [value, before, wanted] = [held(fields, field), held(write.before, field), held(agreed, field)]
    if (value === before || value === wanted || (field in write.wrote && value === held(write.wrote, field))) continue
    if (wanted === before && !state.edge.closed) agreed[field] = value
    else lost.push({ field, value, kept: wanted, why: 'both_changed', at: keptAt(kind, field) })
  }
  return { state: { ...state, agreed }, lost }
}

function platformRemoved(kind: SheetKind, state: SheetState, at: string, spared: boolean): Happened {
  const { platform } = state
  if (isBefore(at, platform.at)) return just(state)
  if (kind === 'wish' && !spared) return platformShows(kind, state, { present: 'no' }, at)
  return just({ ...state, platform: { ...platform, at, gone: true } })
}

function took(platform: PlatformSide, at: string): PlatformSide {
  // What is shown with a later stamp came after the write.
  if (platform.asked === null || !isBefore(platform.at, at)) return { ...platform, asked: null }
  return {
    shown: { ...platform.shown, ...platform.asked },
    at,
    asked: null,
    gone: false,
    overwrote: noteOverwritten(platform, at),
  }
}

/** Staff change a sheet seldom enough that an event is not later than this many writes. */
const mostOverwritten = 5

function noteOverwritten(platform: PlatformSide, until: string): readonly Overwritten[] {
  const { at: after, shown, asked, overwrote } = platform
  return [...overwrote, { after, until, before: shown ?? {}, wrote: asked ?? {} }].slice(-mostOverwritten)
}

/** What is to be asked of the two sides, so that both come to hold what is agreed; null: nothing, or not now. */
export interface Due {
  /** Fields for the platform: of custom fields those that change, of the others all. */
  readonly write: SheetFields | null
  /** The same for The Edge, with what it is expected to hold; null there: the sheet is new to it. */
  readonly wish: { readonly fields: SheetFields; readonly expected: SheetFields | null } | null
}

/** Pure. Whoever does what is due tells so (`platformAsked`, `edgeAsked`). */
export function due(kind: SheetKind, { agreed, edge, platform }: SheetState): Due {
  const isOff = (shown: SheetFields | null) => kind === 'wish' && agreed.present !== 'yes' && shown?.present !== 'yes'
  const mayWrite = platform.asked === null && !platform.gone && !isOff(platform.shown)
  // A wish that was taken off the list stands in The Edge all the same, with its words.
  const mayWish = edge.asked === null && !edge.closed && (edge.shown !== null || !isOff(null))
  const wish = mayWish ? missing(kind, agreed, edge.shown) : null
  return {
    write: mayWrite ? missing(kind, agreed, platform.shown) : null,
    wish: wish && { fields: wish, expected: edge.shown && pick(edge.shown, Object.keys(wish)) },
  }
}

/** Of custom fields those that the side lacks, of the others all; null where it lacks none. */
function missing(kind: SheetKind, agreed: SheetFields, shown: SheetFields | null): SheetFields | null {
  const names = namesOf(agreed, shown ?? {})
  const changes = names.filter((field) => held(agreed, field) !== held(shown, field))
  if (changes.length === 0) return null
  return pick(agreed, kind === 'customFields' ? changes : names)
}

/** Of a wish that is not on the list the platform shows nothing more. */
function wholeOf(kind: SheetKind, fields: SheetFields, before: SheetFields): SheetFields {
  return kind === 'wish' && fields.present !== 'yes' ? { ...before, present: 'no' } : fields
}

const held = (fields: SheetFields | null, field: string): string | null => fields?.[field] ?? null

const namesOf = (...all: readonly SheetFields[]): string[] => [...new Set(all.flatMap((fields) => Object.keys(fields)))]

const pick = (fields: SheetFields, names: readonly string[]): SheetFields =>
  Object.fromEntries(names.map((name) => [name, held(fields, name)]))

/** Nothing is before nothing; everything is after it. */
function isBefore(a: string | null, b: string | null): boolean {
  if (b === null) return false
  return a === null || Date.parse(a) < Date.parse(b)
}
