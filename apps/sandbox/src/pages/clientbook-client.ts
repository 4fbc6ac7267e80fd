import type { Clientbook } from '../clientbook/clientbook.ts'
import { within } from '../clientbook/clientbook.ts'
import { collectionsOf } from '../clientbook/collections.ts'
import type { Activity, Associate, Client, Collection, Definition, Item, Product } from '../clientbook/model.ts'
import { preferencesOf } from '../clientbook/preferences.ts'
import { defaultAssociate } from '../clientbook/staff.ts'
import { form, nav, who } from './clientbook-parts.ts'
import { amountOf, productPath } from './clientbook-products.ts'
import { type Html, html } from './html.ts'
import { moment } from './object-details.ts'

/** All that staff sees of a client, and can do there. `as`: the associate who is signed in. */
export function clientPage(book: Clientbook, client: Client, as: string | undefined): Html {
  const staff = book.associates.of(client.account_id).sort((a, b) => a.first_name.localeCompare(b.first_name))
  const signedIn = staff.find(({ id }) => id === as) ?? defaultAssociate(book, client.account_id)
  const path = `/clientbook/app/clients/${client.id}`
  return html`${nav()}
<form method="get"><label>Signed in as<select name="as">${staff.map((one) => option(one.id, staffName(one), one.id === signedIn?.id))}</select></label><button>Change</button></form>
${contactSection(book, client, path, signedIn)}
<h2>Preferences</h2>${preferencesForm(book, client, path, signedIn)}
<h2>Collections</h2>${collectionsSection(book, client, path, signedIn)}
<h2>Recent activity <span class="quiet">(UTC)</span></h2>${activitySection(book, client, path, signedIn)}
<h2>Purchases</h2>${purchasesTable(book, client)}
<h2>Messages</h2>${messagesSection(book, client, path, signedIn)}
<h2>Delete</h2>${form(`${path}/delete`, signedIn, html`<button>Delete this client</button>`)}
<p class="quiet">id ${client.id}, created ${moment(client.created_at)}, changed ${moment(client.updated_at)} by ${who(book, client.updated_by)}</p>`
}

function contactSection(book: Clientbook, client: Client, path: string, as: Associate | undefined): Html {
  const assigned = client.assigned_associate_id === null ? undefined : book.associates.get(client.assigned_associate_id)
  const stop = (number: string) => {
    const since = book.optOuts.get(within(client.account_id, number))?.since
    return since === undefined ? '' : html`<span class="out">no texts since ${moment(since)}</span>`
  }
  const mark = (isPrimary: boolean) => (isPrimary ? html` <span class="chip">primary</span>` : '')
  return html`<p>${book.accounts.get(client.account_id)?.name}. POS ID <b>${client.pos_id ?? 'none'}</b>. Acquisition: ${client.acquisition_source ?? 'not known'}. Associate: ${assigned ? staffName(assigned) : 'none'}.</p>
<table>${client.phones.map(({ label, number, is_primary }) => html`<tr><td>${label}${mark(is_primary)}</td><td>${number}</td><td>${stop(number)}</td></tr>`)}
${client.emails.map(({ label, address, is_primary }) => html`<tr><td>${label}${mark(is_primary)}</td><td>${address}</td><td></td></tr>`)}
${client.addresses.map(
  ({ label, is_primary, line1, line2, city, region, postal_code, country }) =>
    html`<tr><td>${label}${mark(is_primary)}</td><td>${[line1, line2, city, region, postal_code, country].filter(Boolean).join(', ')}</td><td></td></tr>`,
)}</table>
${form(
  path,
  as,
  html`<label>First name<input name="first" value="${client.first_name}"></label><label>Last name<input name="last" value="${client.last_name}"></label>
<label>Label<input name="label" placeholder="Mobile" size="8"></label><label>Phone or e-mail<input name="value"></label><button>Save</button>`,
)}`
}

function preferencesForm(book: Clientbook, client: Client, path: string, as: Associate | undefined): Html {
  const { values } = preferencesOf(book, client)
  const field = (definition: Definition) => {
    const value = values.find(({ preference_id }) => preference_id === definition.id)?.value ?? null
    return html`<label>${definition.name}${input(definition, value)}</label>`
  }
  const definitions = book.definitions.of(client.account_id).filter(({ archived }) => !archived)
  return form(`${path}/preferences`, as, html`${definitions.map(field)}<button>Save</button>`)
}

function input({ id, type, choices }: Definition, value: string | number | boolean | null): Html {
  const options = (all: string[], chosen: string) =>
    html`<select name="${id}">${['', ...all].map((one) => option(one, one, one === chosen))}</select>`
  if (type === 'choice') return options(choices, String(value ?? ''))
  if (type === 'boolean') return options(['yes', 'no'], value === null ? '' : value === true ? 'yes' : 'no')
  const kind = type === 'number' ? html`type="number" step="any"` : type === 'date' ? html`type="date"` : ''
  return html`<input name="${id}" ${kind} value="${value === null ? '' : String(value)}">`
}

function collectionsSection(book: Clientbook, client: Client, path: string, as: Associate | undefined): Html {
  const collections = collectionsOf(book, client).sort((a, b) => Number(b.name === 'Edge') - Number(a.name === 'Edge'))
  const newOne = html`<label>Name<input name="name"></label><button>New collection</button>`
  return html`${collections.map((one) => collectionPart(book, client, one, path, as))}${form(`${path}/collections`, as, newOne)}`
}

function collectionPart(
  book: Clientbook,
  client: Client,
  { id, name }: Collection,
  path: string,
  as: Associate | undefined,
): Html {
  const items = book.items.of(client.id).filter((item) => item.collection_id === id && item.removed_at === null)
  return html`<p><b>${name}</b> ${items.length === 0 ? html`<span class="quiet">is empty</span>` : ''}</p>
${items.map((item) => itemEntry(book, item, path, as))}
${form(`${path}/collections/${id}/items`, as, html`<label>Item number<input name="sku"></label><label>Note<input name="note"></label><button>Add</button>`)}
<details><summary class="quiet">Rename or delete this collection</summary>${form(
    `${path}/collections/${id}`,
    as,
    html`<label>Name<input name="name" value="${name}"></label><button>Rename</button><button name="done" value="delete">Delete</button>`,
  )}</details>`
}

/** Closed it is read, opened it can be edited. */
function itemEntry(book: Clientbook, item: Item, path: string, as: Associate | undefined): Html {
  const product = item.product_id === null ? '' : html`${productLink(book.products.get(item.product_id))} `
  return html`<details class="entry"><summary>${product}${item.note} <span class="quiet">${moment(item.updated_at)} by ${who(book, item.updated_by)}</span></summary>
${form(
  `${path}/items/${item.id}`,
  as,
  html`<label>Note<textarea name="note" rows="2" cols="60">${item.note}</textarea></label><button>Save</button><button name="done" value="remove">Remove</button>`,
)}</details>`
}

function activitySection(book: Clientbook, client: Client, path: string, as: Associate | undefined): Html {
  const entries = book.activities
    .of(client.id)
    .filter(({ deleted_at }) => deleted_at === null)
    .sort((a, b) => b.occurred_at.localeCompare(a.occurred_at))
  return html`${form(`${path}/notes`, as, html`<label>Note<textarea name="body" rows="2" cols="60"></textarea></label><button>Write</button>`)}
${entries.map((entry) => (entry.type === 'note' ? noteEntry(book, entry, path, as) : ownEntry(entry)))}`
}

/** Closed it is read, opened it can be edited. */
function noteEntry(book: Clientbook, note: Activity, path: string, as: Associate | undefined): Html {
  const edited = note.updated_at === note.created_at ? '' : `, edited by ${who(book, note.updated_by)}`
  return html`<details class="entry"><summary><span class="quiet">${moment(note.occurred_at)}</span> ${note.body}
<span class="quiet">${who(book, note.created_by)}${edited}</span></summary>
${form(
  `${path}/notes/${note.id}`,
  as,
  html`<textarea name="body" rows="4" cols="60">${note.body}</textarea><button>Save</button><button name="done" value="delete">Delete</button>`,
)}</details>`
}

function ownEntry({ occurred_at, type, body }: Activity): Html {
  return html`<p><span class="quiet">${moment(occurred_at)}</span> <span class="chip">${type.replaceAll('_', ' ')}</span> ${body}</p>`
}

function purchasesTable(book: Clientbook, client: Client): Html {
  const purchases = book.purchases.of(client.id).sort((a, b) => b.purchased_at.localeCompare(a.purchased_at))
  if (purchases.length === 0) return html`<p class="quiet">None yet.</p>`
  const product = (externalId: string | null, sku: string | null) => {
    const found = externalId === null ? undefined : book.products.also(within(client.account_id, externalId))
    return found ? productLink(found) : (sku ?? externalId)
  }
  return html`<table><tr><th>Date</th><th>Receipt</th><th>What</th><th>Product</th><th>Amount</th></tr>${purchases.map(
    (
      one,
    ) => html`<tr><td>${moment(one.purchased_at)}</td><td>${one.receipt_number}${one.line_number === null ? '' : `/${one.line_number}`}</td>
<td>${one.title}${one.is_return ? html` <span class="chip">Returned</span>` : ''}${one.voided ? html` <span class="chip">Voided</span>` : ''}</td>
<td>${product(one.product_external_id, one.product_sku)}</td><td>${amountOf(one.amount)}</td></tr>`,
  )}</table>`
}

function messagesSection(book: Clientbook, client: Client, path: string, as: Associate | undefined): Html {
  const messages = book.messages.of(client.id).sort((a, b) => b.sent_at.localeCompare(a.sent_at))
  return html`${form(
    `${path}/messages`,
    as,
    html`<label>By<select name="channel"><option value="sms">text</option><option value="email">e-mail</option></select></label>
<label>From<select name="direction"><option value="outbound">the store</option><option value="inbound">the client</option></select></label>
<label>Subject<input name="subject"></label><label>Message<textarea name="body" rows="2" cols="40" required></textarea></label><button>Send</button>`,
  )}
<table>${messages.map(
    ({
      sent_at,
      channel,
      direction,
      subject,
      body,
      attachments,
      sent_by,
    }) => html`<tr><td class="quiet">${moment(sent_at)}</td>
<td>${channel === 'sms' ? 'text' : 'e-mail'} ${direction === 'inbound' ? 'from the client' : `by ${who(book, sent_by)}`}</td>
<td>${subject === null ? '' : html`<b>${subject}</b> `}${body}${attachments.map(({ url, name }) => html` <a href="${url}">${name ?? url}</a>`)}</td></tr>`,
  )}</table>`
}

function productLink(product: Product | undefined): Html {
  if (!product) return html`<span class="quiet">a product that is gone</span>`
  return html`<a href="${productPath(product)}">${product.title}</a> <span class="quiet key">${product.sku}</span>`
}

function option(value: string, text: string, chosen: boolean): Html {
  return chosen
    ? html`<option value="${value}" selected>${text}</option>`
    : html`<option value="${value}">${text}</option>`
}

function staffName({ first_name, last_name, point_of_sale_id }: Associate): string {
  return `${first_name} ${last_name}${point_of_sale_id === null ? '' : ` (${point_of_sale_id})`}`
}
