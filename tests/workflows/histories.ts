import type { Scenario } from './scenarios.ts'

const folders = { connection: 'connection', initialUpload: 'initial-upload', license: 'license' } as const

/** Where a scenario's recorded history is kept: beside its workflow. */
export function historyFile(scenario: Pick<Scenario, 'name' | 'workflow'>): URL {
  return new URL(
    `../../workflows/${folders[scenario.workflow]}/histories/${scenario.name}.history.json`,
    import.meta.url,
  )
}
