import { setTimeout as wait } from 'node:timers/promises'
import type { EdtRecord } from './edt-lists.ts'
import type { StoreSettings } from './settings.ts'

const chunkChars = 256 * 1024
const isoStamp = /"(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d:\d\d)"/g
const dateForms = ['iso', 'us', 'date'] as const

/** The text of a file: `{"Customers":[{"Key":…,"PairValue":{…}},…]}`, a record a line. */
export function* fileText(array: string, records: Iterable<EdtRecord>, settings: StoreSettings): Generator<string> {
  let chunk = `${settings.byteOrderMark ? '\uFEFF' : ''}{"${array}":[`
  let between = ''
  for (const { key, number, body } of records) {
    chunk += `${between}{"Key":${JSON.stringify(key)},"PairValue":${withDates(body, number, settings.dates)}}`
    between = ',\n'
    if (chunk.length < chunkChars) continue
    yield chunk
    chunk = ''
  }
  yield `${chunk}]}`
}

/** A record's dates look the same in every file, so that an unchanged record is the same bytes. */
function withDates(body: string, number: number, form: StoreSettings['dates']): string {
  const wanted = form === 'mixed' ? (dateForms[number % dateForms.length] ?? 'iso') : form
  if (wanted === 'iso') return body
  return body.replace(isoStamp, (_, year, month, day, time) =>
    wanted === 'us' ? `"${month}/${day}/${year} ${time}"` : `"${year}-${month}-${day}"`,
  )
}

/** The text in pieces, with waits between them, as settings say. */
export async function* slowly(
  text: Iterable<string>,
  settings: StoreSettings,
  stopped: () => boolean,
): AsyncGenerator<Buffer> {
  // Cut by bytes: a letter with an accent may come in two pieces.
  const all = Buffer.from([...text].join(''))
  const length = Math.ceil(all.length / settings.pieces)
  for (let start = 0; start < all.length; start += length) {
    if (start > 0 && !stopped()) await wait(settings.pieceWaitMs)
    yield all.subarray(start, start + length)
  }
}
