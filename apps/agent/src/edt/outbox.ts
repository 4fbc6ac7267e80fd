import { mkdir, open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { OutboxFile } from '../store/commands.ts'

/**
 * Puts a file into the Outbox so that The Edge never sees a part of it, and so that it is there after a power cut.
 * Repeating it with the same file is harmless: EDT refuses a second new customer of the same WebTransferWebID.
 */
export async function writeOutboxFile(edtDir: string, { name, content }: OutboxFile): Promise<void> {
  const outbox = join(edtDir, 'Outbox')
  await mkdir(outbox, { recursive: true })
  const unfinished = join(outbox, `${name}.part`)
  const file = await open(unfinished, 'w')
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(unfinished, join(outbox, name))
  await syncFolder(outbox)
}

/** Makes a rename durable. Windows cannot open a folder, and needs no such step. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
