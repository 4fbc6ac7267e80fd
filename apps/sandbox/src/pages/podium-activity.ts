import type { Conversation } from '../podium/conversations.ts'
import type { Contact } from '../podium/model.ts'
import { ownerOf, type StoredObject } from '../podium/objects.ts'
import type { Podium } from '../podium/podium.ts'
import { type Html, html } from './html.ts'
import { detailsTable, historyList, moment, money, words } from './object-details.ts'
import { itemPath } from './podium-items.ts'

/** What stands on a contact's page below who they are: the activity timeline, the purchases, the conversations. */
export function activityOf(contact: Contact, { objects, contacts, conversations }: Podium): Html {
  const own = objects
    .all()
    .filter(
      (object) => object.organizationUid === contact.organizationUid && ownerOf(object, contacts)?.uid === contact.uid,
    )
  const timeline = own
    .filter(({ type }) => type === 'appointment' || type === 'serviceJob')
    .sort(newestFirst(lastMoment))
  const purchases = own.filter(({ type }) => type === 'purchase').sort(newestFirst(({ fields }) => fields.purchasedAt))
  const items = objects.all().filter(({ type }) => type === 'product')
  const talks = contact.conversationUids.flatMap((uid) => conversations.get(uid) ?? [])
  return html`<h2>Activity timeline <span class="quiet">(UTC)</span></h2>
${timeline.length === 0 ? nothing('Nothing yet.') : timeline.map(timelineEntry)}
<h2>Purchases</h2>
${purchases.length === 0 ? nothing('None yet.') : purchaseTable(purchases, items)}
<h2>Conversations</h2>
${talks.length === 0 ? nothing('None.') : talks.map(conversationList)}`
}

const nothing = (text: string) => html`<p class="quiet">${text}</p>`

const newestFirst = (momentOf: (object: StoredObject) => unknown) => (a: StoredObject, b: StoredObject) =>
  String(momentOf(b) ?? '').localeCompare(String(momentOf(a) ?? ''))

const lastMoment = ({ history }: StoredObject) => history.at(-1)?.occurredAt

/** Closed it says what and how far; opened it shows all there is. */
function timelineEntry(object: StoredObject): Html {
  const { type, fields, archived } = object
  const title =
    type === 'appointment'
      ? `Appointment ${moment(fields.startsAt)}: ${fields.subject ?? 'no subject'}`
      : `Service job ${fields.number ?? ''}: ${fields.summary ?? fields.jobType ?? ''}`
  const status = words(String(fields.status ?? ''))
  return html`<details class="entry"><summary><span class="quiet">${moment(lastMoment(object))}</span> ${title}
<span class="chip">${status}</span>${archived ? html` <span class="chip">Archived</span>` : ''}</summary>
${detailsTable(fields)}<p class="quiet">History</p>${historyList(object)}</details>`
}

function purchaseTable(purchases: StoredObject[], items: StoredObject[]): Html {
  const itemCell = (itemNumber: unknown) => {
    const item = items.find(({ fields }) => itemNumber !== null && fields.itemNumber === itemNumber)
    return item ? html`<a href="${itemPath(item)}">${String(itemNumber)}</a>` : String(itemNumber ?? '')
  }
  return html`<table><tr><th>Date</th><th>Sale</th><th>What</th><th>Item</th><th>Amount</th></tr>${purchases.map(
    ({
      fields,
      archived,
    }) => html`<tr><td>${moment(fields.purchasedAt)}</td><td>${String(fields.sale ?? '')}/${String(fields.line ?? '')}</td>
<td>${String(fields.description ?? '')}${fields.isReturn === true ? html` <span class="chip">Returned</span>` : ''}${archived ? html` <span class="chip">Archived</span>` : ''}</td>
<td>${itemCell(fields.itemNumber)}</td><td>${money(fields.amount)}</td></tr>`,
  )}</table>`
}

function conversationList({ messages, closed }: Conversation): Html {
  return html`<p class="quiet">${closed ? 'closed' : 'open'}</p><ul>${messages.map(
    ({ body, createdAt }) => html`<li>${moment(createdAt)} ${body}</li>`,
  )}</ul>`
}
