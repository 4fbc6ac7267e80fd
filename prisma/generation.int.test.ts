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

test('[AG-03] a restored backup has another generation than the database it was made of', async () => {
  const original = await freshDatabase()
  const before = await generationOf(original.appUrl)
  const restored = await freshDatabase(original.name)
  expect(await generationOf(restored.appUrl)).not.toBe(before)
  expect(await generationOf(original.appUrl)).toBe(before)
  await Promise.all([original.drop(), restored.drop()])
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
