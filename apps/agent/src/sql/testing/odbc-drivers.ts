import { execFileSync } from 'node:child_process'

/** Names of the ODBC drivers of this machine; none where the npm package or unixODBC is missing. */
export async function odbcDrivers(): Promise<string[]> {
  const name: string = 'odbc'
  try {
    await import(name)
    const listed = execFileSync('odbcinst', ['-q', '-d'], { encoding: 'utf8' })
    return [...listed.matchAll(/^\[(.+)\]$/gm)].flatMap(([, driver]) => driver ?? [])
  } catch {
    return []
  }
}
