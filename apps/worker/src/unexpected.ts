/**
 * Whether an error says nothing about what was being done: the database is away, is short of something, or has ended a transaction
 * to free another. PostgreSQL docs, appendix A: the classes of its codes.
 */
export function isOfSurroundings(error: unknown): boolean {
  const code = codeOf(error)
  const classes = ['08', '25P03', '25P04', '40', '53', '55', '57', '58']
  // Without a code: what pg says of a connection that died.
  if (code === undefined) return error instanceof Error && /^(Connection terminated|Client has)/.test(error.message)
  return /^E[A-Z]+$/.test(code) || (code.length === 5 && classes.some((one) => code.startsWith(one)))
}

/** An unexpected error's kind and place, without its message, which may quote a record. */
export function whereOf(error: unknown): { kind: string; frames: string[] } {
  if (!(error instanceof Error)) return { kind: typeof error, frames: [] }
  const code = codeOf(error)
  return {
    kind: code === undefined ? error.name : `${error.name} ${code}`,
    frames: (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at ')),
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
