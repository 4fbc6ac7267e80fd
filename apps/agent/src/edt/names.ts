/** EDT: the lists that The Edge exports, in the order in which those of one export are read: whom others name comes first. */
export const listNames = ['CustomerList', 'ItemList', 'Transaction', 'JobList', 'WishList'] as const
export type ListName = (typeof listNames)[number]

/** What the name of an EDT export says. EDT: `[stamp]CustomerList.json`, `FULL` in the name of a full upload, the ending in any case. */
export interface ExportName {
  readonly list: ListName
  /** `YYYY-MM-DD-HH-MM-SS` in the store's local time, or undefined where the name has none. */
  readonly stamp: string | undefined
  /** Of an export split into parts (`1-2022-…`); 0 where it is not. */
  readonly part: number
  readonly full: boolean
}

const exportForm = /^(?<head>.*)(?<list>CustomerList|ItemList|Transaction|JobList|WishList)s?(?:\.\d+)?\.json$/i
const stampForm = /\d{4}-\d\d-\d\d-\d\d-\d\d(?:-\d\d)?/
const partForm = /^(\d{1,3})-\d{4}-/

/** Reads the name of an export; null for every other file. */
export function readExportName(fileName: string): ExportName | null {
  const { head, list: written } = exportForm.exec(fileName)?.groups ?? {}
  const list = listNames.find((name) => name.toLowerCase() === written?.toLowerCase())
  if (head === undefined || list === undefined) return null
  return {
    list,
    stamp: stampForm.exec(head)?.[0],
    part: Number(partForm.exec(head)?.[1] ?? 0),
    full: /full/i.test(head),
  }
}

/** A file in the order of its making: by stamp, list, part, then arrival. `arrivedAt` stands in for a missing stamp (UTC instant, in ms). */
export function exportOrder(name: ExportName, arrivedAt: number): string {
  const stamp = (name.stamp ?? localStamp(arrivedAt)).padEnd(19, '-00')
  const part = String(name.part).padStart(3, '0')
  return `${stamp}|${listNames.indexOf(name.list)}|${part}|${String(Math.round(arrivedAt)).padStart(15, '0')}`
}

function localStamp(at: number): string {
  const date = new Date(at)
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day}-${two(date.getHours())}-${two(date.getMinutes())}-${two(date.getSeconds())}`
}
