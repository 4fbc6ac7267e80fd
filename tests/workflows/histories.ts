import { readdirSync } from 'node:fs'
import type { Scenario } from './scenarios.ts'

const folders = { connection: 'connection', initialUpload: 'initial-upload', license: 'license' } as const

/** Where a scenario's recorded history is kept: beside its workflow. */
export function historyFile(scenario: Pick<Scenario, 'name' | 'workflow'>): URL {
  return new URL(
    `../../workflows/${folders[scenario.workflow]}/histories/${scenario.name}.history.json`,
    import.meta.url,
  )
}

/** The histories that are kept, of scenarios as they are and of workflows that were begun under earlier code: `connection/first-upload`. */
export function keptHistories(): string[] {
  return Object.values(folders).flatMap((folder) =>
    readdirSync(new URL(`../../workflows/${folder}/histories/`, import.meta.url)).map(
      (file) => `${folder}/${file.replace('.history.json', '')}`,
    ),
  )
}

export function keptHistoryFile(kept: string): URL {
  return new URL(`../../workflows/${kept.replace('/', '/histories/')}.history.json`, import.meta.url)
}
