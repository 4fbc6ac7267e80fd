import { describe, test } from 'vitest'
import { odbcDrivers } from './testing/odbc-drivers.ts'
import { sqliteUnderTest } from './testing/sqlite.ts'
import { describeSource } from './testing/suite.ts'

describeSource(sqliteUnderTest('node:sqlite', '9007199254740993', (file) => ({ driver: 'sqlite', file })))

if ((await odbcDrivers()).includes('SQLite3')) {
  const odbc = (file: string) => `Driver=SQLite3;Database=${file};Timeout=5000`
  describeSource(sqliteUnderTest('ODBC, SQLite', 'NULL', (file) => ({ driver: 'odbc', connectionString: odbc(file) })))
} else {
  describe('ODBC, SQLite', () => {
    test.skip('not tried: the npm package odbc or the driver SQLite3 (libsqliteodbc) is not installed', () => {})
  })
}
