import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { z } from 'zod'
import { openDatabase } from '../database.ts'

const { folder, rounds, arrived } = z
  .object({ folder: z.string(), rounds: z.int(), arrived: z.instanceof(Int32Array) })
  .parse(workerData)

/** Opens one new database after the other, each in the moment in which the other of two threads does. Says how many that went wrong. */
let failed = 0
for (let round = 1; round <= rounds; round += 1) {
  Atomics.add(arrived, 0, 1)
  while (Atomics.load(arrived, 0) < 2 * round);
  try {
    openDatabase(join(folder, `${round}.db`)).close()
  } catch {
    failed += 1
  }
}
parentPort?.postMessage(failed)
