/**
 * Holds back who must not go on before the Inbox has been read: what is written into The Edge is composed from what it last
 * exported, so an export that lies there unread must be read first.
 */
export class Gate {
  private waiting: (() => void)[] = []
  /** Whom the look that is under way will answer. */
  private asked: (() => void)[] = []
  private closed = false
  private readonly ask: () => void

  /** @param ask makes somebody look at the Inbox */
  constructor(ask: () => void) {
    this.ask = ask
  }

  /** Resolves when a look that began after this call has found nothing unread or unfinished. */
  passed(): Promise<void> {
    if (this.closed) return Promise.resolve()
    const { promise, resolve } = Promise.withResolvers<void>()
    this.waiting.push(resolve)
    this.ask()
    return promise
  }

  /** Nobody looks any more: lets everybody through, who then finds that the agent stops. */
  close(): void {
    this.closed = true
    for (const resolve of [...this.asked, ...this.waiting]) resolve()
  }

  /** Says that a look begins. The answer opens the gate for those who waited by then, or leaves them waiting. */
  lookBegins(): (everythingWasRead: boolean) => void {
    this.asked = this.waiting
    this.waiting = []
    return (everythingWasRead) => {
      if (everythingWasRead) for (const resolve of this.asked) resolve()
      else this.waiting.unshift(...this.asked)
      this.asked = []
    }
  }
}
