import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'
import type { HarnessCloud } from './cloud.ts'
import type { StoreFolder } from './store.ts'

const main = new URL('../dist/main.js', import.meta.url).pathname

/** Runs one command of the agent's CLI to its end. */
export function cli(...args: string[]): Promise<{ stdout: string }> {
  return promisify(execFile)(process.execPath, [main, ...args])
}

export function enroll(cloud: HarnessCloud, store: StoreFolder): Promise<{ stdout: string }> {
  return cli('enroll', '--code', 'TEST-CODE-1', '--cloud', cloud.url, '--edt', store.edt, '--data', store.data)
}

/** The agent as a process of its own, so that it can be killed. */
export class AgentProcess {
  private child: ChildProcess | undefined
  private readonly dataDir: string
  output = ''

  constructor(dataDir: string) {
    this.dataDir = dataDir
  }

  /** One at a time: where it runs already, that one stays. */
  start(): void {
    if (this.child && this.child.exitCode === null && this.child.signalCode === null) return
    const child = spawn(process.execPath, [main, 'run', '--data', this.dataDir], { stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.on('data', (piece) => (this.output += String(piece)))
    child.stderr.on('data', (piece) => (this.output += String(piece)))
    this.child = child
  }

  async kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    const { child } = this
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill(signal)
    await gone
  }
}
