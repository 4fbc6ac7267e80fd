import pg from 'pg'
import { canConnect, createDatabase } from './database.ts'

// PostgreSQL: "Appendix A. Error Codes", invalid_catalog_name.
const noSuchDatabase = '3D000'

/**
 * What the Prisma CLI has done before it asks the engine for anything. An error ends the process with a log line as the
 * native engine writes it, which the CLI shows. One has a code of Prisma's, P1003: the CLI then creates the database.
 */
export async function runCommand(command: string | undefined, url: string): Promise<void> {
  try {
    if (command === 'can-connect-to-database') await canConnect(url)
    else if (command === 'create-database') await createDatabase(url)
    else throw new Error(`This schema engine has no command ${command}`)
  } catch (error) {
    const error_code = error instanceof pg.DatabaseError && error.code === noSuchDatabase ? 'P1003' : undefined
    const fields = { message: messageOf(error), error_code }
    // The CLI drops the first line.
    process.stderr.write(`\n${JSON.stringify({ level: 'ERROR', target: 'schema_engine::logger', fields })}\n`)
    process.exitCode = 1
  }
}

function messageOf(error: unknown): string {
  // A host with several addresses, none of which answers, is one error without a message.
  if (error instanceof AggregateError) return error.errors.map(messageOf).join(', ')
  return error instanceof Error ? error.message : String(error)
}
