// Prints the admin API's schema. To bring schema.graphql up to date, in apps/api:
//   node src/graphql/print.ts | biome format --stdin-file-path=schema.graphql > schema.new && mv schema.new schema.graphql
import { lexicographicSortSchema, printSchema } from 'graphql'
import { schema } from './schema.ts'

process.stdout.write(`${printSchema(lexicographicSortSchema(schema))}\n`)
