import { isDeepStrictEqual } from 'node:util'
import { UnknownLocation } from '@jumpring/connector-kit'
import type { ConnectionSettings, JumpringError } from '@jumpring/contracts'
import type { Sql } from '@jumpring/db'
import {
  type Effect,
  findConnection,
  noteAnswer,
  noteOutage,
  pauseForPerson,
  postponeWork,
  stillLeased,
} from '@jumpring/db/engine'
import type { Lease } from './lease.ts'
import { answersPing } from './outage.ts'
import type { Outcome } from './perform.ts'
import type { Line } from './session.ts'

/** A record that fails this often while the platform is well is set aside. */
export const mostAttempts = 5
/** Looks for a contact that the platform does not know (yet: it applies writes late), a second longer apart each time. */
export const mostLooks = 6

/** What a page's calls mean for the lane. */
export interface Settled {
  /** Paused: nothing goes on without a person. */
  readonly paused: boolean
  /** The platform is out, or asked to wait: nothing more before this. */
  readonly waitMs: number
  readonly outage: boolean
}

/** How long an effect that got no answer waits before it is repeated. */
export const backoffSeconds = (attempts: number): number => 2 ** Math.min(attempts, 5) / 2

/** What a page's calls say about the platform. */
export interface PlatformState {
  /** Somebody answered, so the limit it named is known. */
  readonly answered: boolean
  /** One record's failures count against it only while the platform is well otherwise. */
  readonly isWell: boolean
  /** The platform asked to wait. */
  readonly waitMs: number
  /** Nothing goes on without a person. */
  readonly refusedUs: JumpringError | null
}

export async function platformState(line: Line, outcomes: readonly Outcome<unknown>[]): Promise<PlatformState> {
  const accepted = outcomes.some((outcome) => outcome.kind === 'accepted')
  const failures = outcomes.flatMap((outcome) => (outcome.kind === 'failed' ? [outcome.error] : []))
  const limited = failures.find((error) => error.code === 'rate_limited')
  const isSilent = failures.some((error) => error.code === 'platform_unavailable')
  return {
    answered: accepted || limited !== undefined,
    isWell: accepted || !isSilent || (await answersPing(line)),
    waitMs: limited === undefined ? 0 : (limited.retryAfterMs ?? 1000),
    refusedUs: failures.find((error) => error.code === 'auth') ?? null,
  }
}

/**
 * A write that was refused for a setting is decided anew, for a person may have mended that since it was stored. One that is refused so
 * again pauses the connection, which goes on when its settings are changed (changeConnection); not where that has happened while the
 * call was under way. In a transaction that holds the connection.
 */
export async function refusedForSetting(
  sql: Sql,
  { id, settings }: { id: string; settings: ConnectionSettings },
  effect: Effect<unknown>,
  error: JumpringError,
): Promise<void> {
  if ((await postponeWork(sql, id, effect)) <= 1) return
  const now = await findConnection(sql, id)
  if (now && isDeepStrictEqual(now.settings, settings))
    await pauseForPerson(sql, id, error.code, reasonOf(error, settings))
}

/** Why the connection is paused; of a location that the platform has not, with where it stands in the settings. */
export function reasonOf(error: JumpringError, { locations, defaultLocation }: ConnectionSettings): string {
  if (!(error instanceof UnknownLocation)) return error.message
  const { platform, location } = error
  const stores = Object.entries(locations).filter(([, one]) => one === location)
  const places = [
    ...stores.map(([place]) => `for store ${place.slice(place.indexOf('/') + 1)}`),
    ...(defaultLocation === location ? ['as the default location'] : []),
  ]
  // It is mended already.
  if (places.length === 0) return error.message
  return `${platform} does not know the location ${location}, which is set ${new Intl.ListFormat('en').format(places)}.`
}

/** What another has taken over meanwhile (we were thought dead) says nothing about now. */
export async function ownOutcomes<Decision, Answer>(
  sql: Sql,
  lease: Pick<Lease, 'id'>,
  outcomes: readonly Outcome<Decision, Answer>[],
): Promise<Outcome<Decision, Answer>[]> {
  const ours = await stillLeased(
    sql,
    lease.id,
    outcomes.map(({ effect }) => effect.id),
  )
  return outcomes.filter(({ effect }) => ours.has(effect.id))
}

/** Remembers whether the platform answered. */
export const noteState = (sql: Sql, connection: { id: string }, isWell: boolean): Promise<void> =>
  isWell ? noteAnswer(sql, connection.id) : noteOutage(sql, connection.id)
