import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Customer } from '../store/customer.ts'
import type { RowOf, Value } from '../store/schema/table.ts'
import { Activity, Notes, OtherKey, Wishlist } from '../store/schema/tables.ts'
import type { Store } from '../store/store.ts'
import { type Html, html } from './html.ts'

const keySchema = z.object({ key: z.string() })
const rowSchema = z.object({ key: z.string(), row: z.string() })
const fieldsSchema = z.record(z.string().regex(/^CustomerKey[1-8]$/), z.string())
const markSchema = z.object({ marked: z.enum(['yes', 'no']) })
const noteSchema = z.object({ text: z.string().min(1) })
const wishSchema = z.object({ item: z.string(), description: z.string() })
const numbers = [1, 2, 3, 4, 5, 6, 7, 8]

/** The forms of a customer's custom fields, wishes and notes. */
export function addStoreDiary(app: FastifyInstance, store: Store): void {
  const { diary } = store.till
  const form = (path: string, work: (input: { key: string; row: string; body: unknown }) => unknown) =>
    app.post(`/store/app/customers/:key/${path}`, async (request, reply) => {
      const { key } = keySchema.parse(request.params)
      const { row } = rowSchema.partial().parse(request.params)
      work({ key, row: row ?? '', body: request.body })
      store.exporter.changed()
      return reply.redirect(`/store/app/customers/${key}`, 303)
    })
  form('custom-fields', ({ key, body }) => store.edit(key, fieldsSchema.parse(body)))
  form('web-upload', ({ key, body }) => store.markForWeb(key, markSchema.parse(body).marked === 'yes'))
  form('notes', ({ key, body }) =>
    diary.note({ NotesCustKey: key, NotesText: noteSchema.parse(body).text, NotesAsKey: 1 }),
  )
  form('notes/:row', ({ row, body }) => diary.changeNote(row, { NotesText: noteSchema.parse(body).text }))
  form('notes/:row/lock', ({ row }) => diary.changeNote(row, { NotesLocked: true }))
  form('wishes', ({ key, body }) => {
    const { item, description } = wishSchema.parse(body)
    const WishlistItemDesc = description || (item ? (store.till.stock.find(item).ItemDesc ?? '') : '')
    diary.wish({ WishlistCustKey: key, WishlistItemKey: item, WishlistItemDesc, WishlistAssociate: 1 })
  })
  form('wishes/:row/remove', ({ row }) => diary.removeWish(row))
}

/** A customer's tabs "Other Keys", "Wish List", "Notes" and "Activity". */
export function diaryOf({ database }: Store, customer: Customer): Html {
  const key = text(customer.fields.CustomerKey)
  const path = `/store/app/customers/${key}`
  const names = new Map(database.find(OtherKey).map((row) => [Number(row.OtherKeyNo), text(row.OtherKeyName)]))
  const latest = 'rowid DESC LIMIT 50'
  const wishes = database.find(Wishlist, `WishlistCustKey = ? ORDER BY ${latest}`, key)
  const notes = database.find(Notes, `NotesCustKey = ? ORDER BY ${latest}`, key)
  const activities = database.find(Activity, `ActivityCustKey = ? ORDER BY ${latest}`, key)
  const marked = customer.CustomerTransfer.WebTransferRequiresWebUpload === true
  return html`<h2>Other Keys</h2><form method="post" action="${path}/custom-fields">
${numbers.map(
  (number) => html`<label>${names.get(number) || `Key ${number}`}<input name="CustomerKey${number}" size="12"
value="${text(customer.fields[`CustomerKey${number}`])}"></label>`,
)}<button>Change</button></form>
<form method="post" action="${path}/web-upload"><button name="marked" value="${marked ? 'no' : 'yes'}">${marked ? 'Do not upload to the web' : 'Upload to the web'}</button></form>
<h2>Wish List</h2><table>${wishes.map((row) => wishRow(path, row))}</table>
<form method="post" action="${path}/wishes"><label>Item<input name="item" placeholder="none"></label>
<label>Description<input name="description" size="40"></label><button>Add</button></form>
<h2>Notes</h2>${notes.map((row) => html`<div>${noteForm(path, row)}</div>`)}
<form method="post" action="${path}/notes"><label>New note<textarea name="text" cols="60" required></textarea></label><button>Add</button></form>
<h2>Activity</h2><table>${activities.map(
    (row) => html`<tr><td>${time(row.ActivityDate)}</td><td>${text(row.ActivityType)}</td><td>${text(row.ActivityDesc)}
<div class="quiet" style="white-space: pre-wrap">${text(row.ActivityDetail)}</div></td><td>associate ${text(row.ActivityAsKey)}</td></tr>`,
  )}</table>`
}

function wishRow(path: string, row: RowOf<typeof Wishlist>): Html {
  const isOpen = !row.WishlistDateBought && !row.WishlistDateRemoved
  return html`<tr><td>${text(row.WishlistKey)}</td><td>${text(row.WishlistItemKey)}</td>
<td>${text(row.WishlistItemDesc)}${text(row.WishlistItemDescMemo)} <span class="quiet">${text(row.WishlistEventDesc)}</span></td>
<td>${row.WishlistDateBought ? `bought ${time(row.WishlistDateBought)}` : row.WishlistDateRemoved ? `removed ${time(row.WishlistDateRemoved)}` : time(row.WishlistDateEntered)}</td>
<td>${isOpen ? html`<form method="post" action="${path}/wishes/${text(row.WishlistKey)}/remove"><button>Remove</button></form>` : ''}</td></tr>`
}

function noteForm(path: string, row: RowOf<typeof Notes>): Html {
  const by = html`<span class="quiet">${time(row.NotesDate)}, associate ${text(row.NotesAsKey)}, changed by ${text(row.NotesUpdateUser)}, ${text(row.NotesKey)}</span>`
  if (row.NotesLocked === true)
    return html`<p style="white-space: pre-wrap">${text(row.NotesText)}</p><p>${by} <span class="out">locked</span></p>`
  const to = `${path}/notes/${text(row.NotesKey)}`
  return html`<form method="post" action="${to}"><label>${by}<textarea name="text" cols="60" required>${text(row.NotesText)}</textarea></label>
<button>Change</button><button formaction="${to}/lock">Lock</button></form>`
}

function time(value: Value | undefined): string {
  return text(value).slice(0, 16).replace('T', ' ')
}

function text(value: Value | undefined): string {
  return String(value ?? '')
}
