import pg from 'pg'

/** Signs in and out again. Throws what pg throws. */
export async function canConnect(url: string): Promise<void> {
  await withClient(url, async () => {})
}

/** Creates the database that `url` names. */
export async function createDatabase(url: string): Promise<void> {
  await fromOutside(url, (name) => `CREATE DATABASE ${name}`)
}

/** Drops the database that `url` names, whoever is connected to it. */
export async function dropDatabase(url: string): Promise<void> {
  await fromOutside(url, (name) => `DROP DATABASE ${name} WITH (FORCE)`)
}

/** The address of another database of the same server. */
export function withDatabase(url: string, name: string): string {
  const changed = new URL(url)
  changed.pathname = `/${encodeURIComponent(name)}`
  return changed.href
}

/** A statement about the database that `url` names, given from the one that every server has. */
async function fromOutside(url: string, statement: (name: string) => string): Promise<void> {
  const name = decodeURIComponent(new URL(url).pathname.slice(1))
  await withClient(withDatabase(url, 'postgres'), (client) => client.query(statement(client.escapeIdentifier(name))))
}

async function withClient(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  try {
    await client.connect()
    await work(client)
  } finally {
    await client.end()
  }
}
