import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import type { StoredObject } from '../podium/objects.ts'
import type { Podium } from '../podium/podium.ts'
import { rewrittenByAi } from '../podium/rewrite.ts'
import { type Html, html, page } from './html.ts'
import { detailsTable, historyList, money, words } from './object-details.ts'

const shownItems = 200
const searchSchema = z.object({ search: z.string().default('') })
const paramsSchema = z.object({ organizationUid: z.string(), externalId: z.string() })

/** Podium's item section, searchable by the Edge item number. */
export function addPodiumItems(app: FastifyInstance, { objects }: Podium): void {
  const find = (params: unknown) => {
    const { organizationUid, externalId } = paramsSchema.parse(params)
    const object = objects.find(organizationUid, externalId)
    return object?.type === 'product' ? object : undefined
  }

  app.get('/podium/app/items', async (request, reply) => {
    const { search } = searchSchema.parse(request.query)
    const found = objects.all().filter((object) => object.type === 'product' && matches(object, search))
    return reply.type('text/html').send(page('Podium: items', listPage(found, search)))
  })
  app.get('/podium/app/items/:organizationUid/:externalId', async (request, reply) => {
    const item = find(request.params)
    return item ? reply.type('text/html').send(page(item.title ?? 'No title', itemPage(item))) : missing(reply)
  })
  app.post('/podium/app/items/:organizationUid/:externalId/rewrite', async (request, reply) => {
    const item = find(request.params)
    if (!item) return missing(reply)
    objects.reword(item, rewrittenByAi(item))
    return reply.redirect(itemPath(item), 303)
  })
}

export function itemPath({ organizationUid, externalId }: StoredObject): string {
  return `/podium/app/items/${organizationUid}/${encodeURIComponent(externalId)}`
}

function listPage(found: StoredObject[], search: string): Html {
  return html`<form method="get"><label>Edge item number or words<input name="search" value="${search}"></label><button>Search</button></form>
<table><tr><th>Item number</th><th>Title</th><th>Category</th><th>Price</th></tr>
${found.slice(0, shownItems).map(
  (item) => html`<tr><td><a href="${itemPath(item)}">${String(item.fields.itemNumber ?? 'No number')}</a></td>
<td>${item.title ?? 'No title'} ${marks(item)}</td><td>${String(item.fields.category ?? '')}</td><td>${money(item.fields.price)}</td></tr>`,
)}</table>
<p class="quiet">${found.length} items${found.length > shownItems ? `, the first ${shownItems} shown` : ''}.</p>`
}

function itemPage(item: StoredObject): Html {
  return html`<p>${item.description ?? 'No description.'}</p><p>${marks(item)}</p>
<form method="post" action="${itemPath(item)}/rewrite"><button>Rewrite with AI</button></form>
<p class="quiet">Title and description are Podium's own: ${item.rewrites === 0 ? 'still as they came from The Edge' : `rewritten ${item.rewrites} times`}. Everything below follows The Edge.</p>
${detailsTable(item.fields)}
<h2>History</h2>${historyList(item)}`
}

function marks({ archived, fields, rewrites }: StoredObject): Html {
  const why = typeof fields.archived === 'string' ? `: ${words(fields.archived).toLowerCase()}` : ''
  return html`${archived ? html`<span class="chip">Archived${why}</span>` : ''} ${rewrites > 0 ? html`<span class="chip">AI</span>` : ''}`
}

function matches({ title, fields }: StoredObject, search: string): boolean {
  const sought = search.trim().toLowerCase()
  return [fields.itemNumber, title].some((text) =>
    String(text ?? '')
      .toLowerCase()
      .includes(sought),
  )
}

function missing(reply: FastifyReply): FastifyReply {
  return reply.code(404).type('text/html').send(page('Not found', html`<p class="problem">There is no such item.</p>`))
}
