/** Prints a line per event as it flows, until `signal` says stop. */
export function followEvents(_: {
  graphql: string
  signIn: () => Promise<string>
  say: (line: string) => void
  signal: AbortSignal
}): void {}
