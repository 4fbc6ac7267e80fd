import { defineConfig } from 'prisma/config'
import { givenOwnerUrl } from './schema-engine/env.ts'

export default defineConfig({
  schema: 'schema.prisma',
  migrations: { path: 'migrations' },
  // Only migrating needs a database; schema-engine/migrate.ts says which.
  ...(givenOwnerUrl && { datasource: { url: givenOwnerUrl } }),
})
