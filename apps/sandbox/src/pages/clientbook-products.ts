import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Clientbook } from '../clientbook/clientbook.ts'
import type { Product } from '../clientbook/model.ts'
import { changeProduct } from '../clientbook/products.ts'
import { actorOf } from '../clientbook/staff.ts'
import { nav, problem } from './clientbook-parts.ts'
import { type Html, html, page } from './html.ts'
import { moment } from './object-details.ts'

const shownProducts = 200
const searchSchema = z.object({ search: z.string().default('') })
const idSchema = z.object({ id: z.string() })
const wordsSchema = z.object({ title: z.string().min(1).max(200), description: z.string().max(5000) })

/** Clientbook's products, as staff has them on the screen. */
export function addClientbookProducts(app: FastifyInstance, book: Clientbook): void {
  app.get('/clientbook/app/products', async (request, reply) => {
    const { search } = searchSchema.parse(request.query)
    const found = book.products.all().filter((product) => matches(product, search))
    return reply.type('text/html').send(page('Clientbook: products', listPage(found.reverse(), search)))
  })
  app.get('/clientbook/app/products/:id', async (request, reply) => {
    const product = book.products.get(idSchema.parse(request.params).id)
    if (!product) return problem(reply, 404, 'There is no such product.')
    return reply.type('text/html').send(page(product.title, productPage(product)))
  })
  app.post('/clientbook/app/products/:id', async (request, reply) => {
    const product = book.products.get(idSchema.parse(request.params).id)
    if (!product) return problem(reply, 404, 'There is no such product.')
    const { title, description } = wordsSchema.parse(request.body)
    const words = { title, description: description || null }
    changeProduct(book, product, words, actorOf(book, product.account_id, undefined))
    return reply.redirect(productPath(product), 303)
  })
}

export function productPath({ id }: Product): string {
  return `/clientbook/app/products/${id}`
}

function listPage(found: Product[], search: string): Html {
  return html`${nav()}<form method="get"><label>Item number or words<input name="search" value="${search}"></label><button>Search</button></form>
<table><tr><th>Item number</th><th>Title</th><th>Category</th><th>Price</th><th>Changed</th></tr>
${found.slice(0, shownProducts).map(
  (
    product,
  ) => html`<tr><td class="key">${product.sku}</td><td><a href="${productPath(product)}">${product.title}</a> ${marks(product)}</td>
<td>${product.category}</td><td>${amountOf(product.price)}</td><td class="quiet">${moment(product.updated_at)}</td></tr>`,
)}</table>
<p class="quiet">${found.length} products${found.length > shownProducts ? `, the ${shownProducts} that changed last shown` : ''}.</p>`
}

function productPage(product: Product): Html {
  const { description, sku, category, supplier, attributes, images, client_pos_id } = product
  const facts = [
    ['Item number', sku],
    ['Price', amountOf(product.price)],
    ['Category', category],
    ['Supplier', supplier],
    ['For the client with POS ID', client_pos_id],
    ...attributes.map(({ name, value }) => [name, value] as const),
  ] as const
  return html`${nav()}<p>${marks(product)}</p><p>${description ?? 'No description.'}</p>
<table>${facts.filter(([, value]) => value).map(([name, value]) => html`<tr><td class="quiet">${name}</td><td>${value}</td></tr>`)}</table>
${images.map(({ url }) => html`<p><a href="${url}">${url}</a></p>`)}
<h2>Word it anew</h2>
<form method="post" action="${productPath(product)}"><label>Title<input name="title" size="40" value="${product.title}"></label>
<label>Description<textarea name="description" rows="3" cols="60">${description}</textarea></label><button>Save</button></form>
<p class="quiet">${product.external_id}, changed ${moment(product.updated_at)}</p>`
}

function marks({ kind, status }: Product): Html {
  return html`${kind === 'stock' ? '' : html`<span class="chip">${kind}</span>`} ${status === 'archived' ? html`<span class="chip">Archived</span>` : ''}`
}

/** An amount as a person reads it: `$1,299.00`. */
export function amountOf(money: Product['price']): string {
  if (!money) return ''
  return new Intl.NumberFormat('en-US', { style: 'currency', currency: money.currency }).format(Number(money.amount))
}

function matches({ sku, title }: Product, search: string): boolean {
  const words = search.trim().toLowerCase()
  return [sku ?? '', title].some((text) => text.toLowerCase().includes(words))
}
