/**
 * Holds back who must not go on before the Inbox has been read: what is written into The Edge is composed from what it last
 * exported, so an export that lies there unread must be read first.
 */
export class Gate {
  private waiting: (() => void)[] = []
  private readonly ask: () => void

  /** @param ask makes somebody look at the Inbox */
  constructor(ask: () => void) {
    this.ask = ask
  }

  /** Resolves when a look that began after this call has found nothing unread or unfinished. */
  passed(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.waiting.push(resolve)
    this.ask()
    return promise
  }

  /** Says that a look begins. The answer opens the gate for those who waited by then, or leaves them waiting. */
  lookBegins(): (everythingWasRead: boolean) => void {
    const asked = this.waiting
    this.waiting = []
    return (everythingWasRead) => {
      if (everythingWasRead) for (const resolve of asked) resolve()
      else this.waiting.unshift(...asked)
    }
  }
}
