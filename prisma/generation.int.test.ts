import { expect, test } from 'vitest'
import { freshDatabase } from '../tests/support/database.ts'
import { currentGeneration, renewGeneration } from './generation.ts'
import { openDatabase } from './scope.ts'

test('a generation is made once, also by several processes at once, and stays', async () => {
  const database = await freshDatabase()
  const processes = [1, 2, 3, 4].map(() => openDatabase(database.appUrl, { connections: 1 }))
  const generations = await Promise.all(processes.map(currentGeneration))
  for (const process of processes) generations.push(await currentGeneration(process))
  expect(new Set(generations).size).toBe(1)
  await Promise.all(processes.map((process) => process.close()))
  await database.drop()
})

test('[AG-03] a database set back to a backup has another generation than the one that was backed up', async () => {
  const database = await freshDatabase()
  const before = await generationOf(database.appUrl)
  const backup = await database.backup()
  expect(await generationOf(database.appUrl)).toBe(before)
  await database.restore(backup)
  expect(await generationOf(database.appUrl)).not.toBe(before)
  await Promise.all([database.drop(), backup.drop()])
})

test('renewing makes another generation in place', async () => {
  const database = await freshDatabase()
  const db = openDatabase(database.appUrl)
  const before = await currentGeneration(db)
  const renewed = await renewGeneration(db)
  expect(renewed).not.toBe(before)
  expect(await currentGeneration(db)).toBe(renewed)
  await db.close()
  await database.drop()
})

async function generationOf(url: string): Promise<string> {
  const db = openDatabase(url)
  try {
    return await currentGeneration(db)
  } finally {
    await db.close()
  }
}
