import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { describe, test } from 'vitest'
import { odbcDrivers } from '../../apps/agent/src/sql/testing/odbc-drivers.ts'
import type { DriverUnderTest } from '../../apps/agent/src/sql/testing/source-under-test.ts'
import { describeSource } from '../../apps/agent/src/sql/testing/suite.ts'
import { asSuperuser } from '../support/database.ts'
import { servers } from '../support/servers.ts'

const driver = 'PostgreSQL Unicode'
const postgres: DriverUnderTest = {
  name: 'ODBC, PostgreSQL',
  types: { time: 'TIMESTAMP', flag: 'INTEGER' },
  times: 'blank',
  outOfReach: 'NULL',
  open: async () => {
    const database = `edge_${randomBytes(6).toString('hex')}`
    await asSuperuser((client) => client.query(`create database ${database}`))
    const url = new URL(servers().postgresUrl)
    url.pathname = `/${database}`
    const client = new pg.Client({ connectionString: url.href })
    await client.connect()
    const login = `Uid=${url.username};Pwd=${decodeURIComponent(url.password)}`
    const connectionString = `Driver=${driver};Server=${url.hostname};Port=${url.port};Database=${database};${login}`
    return {
      config: { driver: 'odbc', connectionString },
      exec: async (sql) => void (await client.query(sql)),
      rows: async (sql) => (await client.query<Record<string, unknown>>(sql)).rows,
      close: async () => {
        await client.end()
        await asSuperuser((superuser) => superuser.query(`drop database ${database} with (force)`))
      },
    }
  },
}

if ((await odbcDrivers()).includes(driver)) describeSource(postgres)
else {
  describe(postgres.name, () => {
    test.skip(`not tried: the npm package odbc or the driver ${driver} (odbc-postgresql) is not installed`, () => {})
  })
}
