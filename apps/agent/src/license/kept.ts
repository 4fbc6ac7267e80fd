import type { License, Platform } from '@jumpring/contracts'
import type { State } from '../store/state.ts'
import type { KeptLicense } from './schema.ts'

export const keptLicenses = (state: State): KeptLicense[] => state.get('licenses') ?? []

/** The number of the platform's license that is installed; undefined: none is. */
export function installedSerial(state: State, platform: Platform): number | undefined {
  return keptLicenses(state).find((kept) => kept.platform === platform && kept.refusal === null)?.serial
}

/** Keeps a license that has been judged good, in place of the platform's earlier one. */
export function keep(state: State, { platform, tier, serial, until }: License, file: string): void {
  replace(state, { platform, tier, serial, until, file, confirmedBy: null, refusal: null })
}

export function noteConfirmed(state: State, license: Pick<License, 'platform' | 'serial'>, generation: string): void {
  change(state, license, { confirmedBy: generation, refusal: null })
}

export function noteRefused(state: State, license: Pick<License, 'platform' | 'serial'>, refusal: string): void {
  change(state, license, { refusal })
}

function change(
  state: State,
  { platform, serial }: Pick<License, 'platform' | 'serial'>,
  changed: Partial<KeptLicense>,
): void {
  const kept = keptLicenses(state).find((one) => one.platform === platform && one.serial === serial)
  if (kept) replace(state, { ...kept, ...changed })
}

function replace(state: State, license: KeptLicense): void {
  state.set('licenses', [...keptLicenses(state).filter(({ platform }) => platform !== license.platform), license])
}
