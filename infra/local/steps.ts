import { spawn } from 'node:child_process'
import { root } from './paths.ts'

/** The end of a program: its exit code and, where it was collected, what it printed. */
export interface Outcome {
  code: number
  output: string
}

/** Runs a program of node_modules/.bin at the root of the checkout; collects its output, or lets it through. */
export function runTool(program: string, args: string[], output: 'collect' | 'show'): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', ...stdio[output]] })
    let text = ''
    child.stdout?.on('data', (chunk) => (text += chunk))
    child.stderr?.on('data', (chunk) => (text += chunk))
    child.once('error', (error) => resolve({ code: 127, output: String(error) }))
    child.once('close', (code) => resolve({ code: code ?? 1, output: text }))
  })
}

const stdio = { collect: ['pipe', 'pipe'], show: ['inherit', 'inherit'] } as const

/** `1.4 s` since `start`, a value of performance.now(). */
export function since(start: number): string {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`
}
