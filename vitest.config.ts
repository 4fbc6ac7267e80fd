import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { WaitersFirst } from './tests/support/waiters-first.ts'

const integration = ['tests/**/*.test.ts', '**/*.int.test.ts']

export default defineConfig({
  test: {
    sequence: { sequencer: WaitersFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{apps,infra,packages,prisma,workflows}/**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/*.int.test.ts'],
          isolate: false,
          // They wait for half of their time: for time-outs, and for what a sandbox takes late.
          maxWorkers: 4,
          // What is started takes its time on a machine that has other work as well; how long is no promise of these tests.
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: integration,
          exclude: ['**/node_modules/**'],
          globalSetup: 'tests/support/global-setup.ts',
          // Of the processes that tests start themselves: as infra/local/child.ts gives it to those of a stack.
          env: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules', '.cache', 'compiled') },
          testTimeout: 60_000,
          hookTimeout: 120_000,
          // A process runs one file after the other: half of a small file's time goes into loading what all of them load.
          isolate: false,
          // More than cores: a file runs a whole system in processes of its own, and waits for it most of the time.
          maxWorkers: 6,
        },
      },
    ],
  },
})
