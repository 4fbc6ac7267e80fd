import { defineConfig } from 'vitest/config'

const integration = ['tests/**/*.test.ts', '**/*.int.test.ts']

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{apps,infra,packages,prisma,workflows}/**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/*.int.test.ts'],
        },
      },
      {
        test: {
          name: 'integration',
          include: integration,
          exclude: ['**/node_modules/**'],
          globalSetup: 'tests/support/global-setup.ts',
          testTimeout: 60_000,
          hookTimeout: 120_000,
          // A file may run a whole system in processes of its own.
          maxWorkers: 2,
        },
      },
    ],
  },
})
