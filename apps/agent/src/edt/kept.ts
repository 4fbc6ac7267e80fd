import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type ExportName, exportOrder, type ListName, readExportName } from './names.ts'

/** An export in a folder. `order` sorts by the time of its making. */
export interface ExportFile {
  readonly fileName: string
  readonly path: string
  readonly name: ExportName
  readonly order: string
  readonly size: number
  readonly changedAt: number
}

/** The exports of a folder, oldest first. A folder that is not there has none. */
export async function listExports(folder: string): Promise<ExportFile[]> {
  const found: ExportFile[] = []
  for (const fileName of await namesIn(folder)) {
    const name = readExportName(fileName)
    if (name === null) continue
    const path = join(folder, fileName)
    const stats = await stat(path).catch(() => undefined)
    if (!stats?.isFile()) continue
    found.push({
      fileName,
      path,
      name,
      order: exportOrder(name, stats.mtimeMs),
      size: stats.size,
      changedAt: stats.mtimeMs,
    })
  }
  return found.sort(byAge)
}

/** Oldest first. */
export function byAge(a: ExportFile, b: ExportFile): number {
  return a.order < b.order ? -1 : a.order > b.order ? 1 : 0
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

/** The folders beside the Inbox that the agent keeps. */
export type Beside = 'Processed' | 'SetAside'

/** Moves a file to a folder beside the Inbox, under a name that is free there. */
export async function moveTo(edtDir: string, folder: Beside, file: ExportFile): Promise<void> {
  await mkdir(join(edtDir, folder), { recursive: true })
  await rename(file.path, join(edtDir, folder, await freeName(edtDir, folder, file)))
}

/** The name under which `moveTo` would put it. */
export async function freeName(edtDir: string, folder: Beside, file: ExportFile): Promise<string> {
  // Windows tells no letter cases apart, and a rename would replace the file that is there.
  const taken = new Set((await namesIn(join(edtDir, folder))).map((name) => name.toLowerCase()))
  let fileName = file.fileName
  for (let number = 2; taken.has(fileName.toLowerCase()); number += 1) {
    fileName = file.fileName.replace(/(\.\w+)$/, `.${number}$1`)
  }
  return fileName
}

/** Deletes the processed files of a list that its newest full export, with all its parts, has made superfluous. */
export async function pruneProcessed(edtDir: string, list: ListName): Promise<void> {
  const kept = (await listExports(join(edtDir, 'Processed'))).filter(({ name }) => name.list === list)
  const newest = kept.findLast(({ name }) => name.full)
  const isPartOf = ({ name }: ExportFile) => name.full && name.part > 0 && name.stamp === newest?.name.stamp
  const first = kept.findIndex((file) => file === newest || isPartOf(file))
  for (const file of kept.slice(0, Math.max(0, first))) await rm(file.path, { force: true })
}
