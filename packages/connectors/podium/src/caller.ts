import type { SessionContext } from '@jumpring/connector-kit'
import { type Caller, openCaller } from '@jumpring/connector-kit/http/caller'
import { failureOf } from './answers.ts'
import { apiVersion } from './wire.ts'

/** Requests to Podium's API. */
export function openPodium(context: SessionContext): Caller {
  return openCaller(context, { platform: 'Podium', headers: { 'podium-version': apiVersion }, failureOf })
}
