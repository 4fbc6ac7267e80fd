import type { FastifyInstance } from 'fastify'
import type { Clientbook } from '../clientbook/clientbook.ts'
import type { Podium } from '../podium/podium.ts'
import type { Store } from '../store/store.ts'
import { html, page } from './html.ts'

/** Where to go from here. */
export function addIndexPage(app: FastifyInstance, podium: Podium, clientbook: Clientbook, store: Store): void {
  app.get('/', async (_request, reply) =>
    reply.type('text/html').send(
      page(
        'Sandbox',
        html`<p>Stand-ins for what lies outside: the store that runs The Edge, Podium and Clientbook. All people here are made up.</p>
<ul>
  <li><a href="/store/app">The store</a>: ${store.customers.count()} customers; its items, sales, jobs, appointments and texts; and <a href="/store/app/day">a day that plays by itself</a>. A change made there is exported to <code>${store.folder}/Inbox</code>.</li>
  <li><a href="/podium/app">Podium, as its staff sees it</a>: ${podium.contacts.size} contacts, and <a href="/podium/app/items">items</a>.</li>
  <li><a href="/clientbook/app">Clientbook, as its staff sees it</a>: ${clientbook.clients.all().filter(({ deleted_at }) => deleted_at === null).length} clients, and <a href="/clientbook/app/products">products</a>.</li>
</ul>
<h2>Data feeds</h2>
<table>${podium.feeds
          .all()
          .map(
            ({ uid, stream, organizationUid, received, unfit }) =>
              html`<tr><td>${podium.accounts.get(organizationUid)?.name}</td><td>${stream}</td><td><code>${uid}</code></td><td class="quiet">${received} events${unfit > 0 ? `, ${unfit} of them unfit` : ''}</td></tr>`,
          )}</table>
<h2>As JSON</h2>
<ul>${[
          '/state/store/customers',
          '/state/store/items',
          '/state/store/sales',
          '/state/store/jobs',
          '/state/store/appointments',
          '/state/store/notifications',
          '/state/store/imports',
          '/state/mail',
          '/state/podium/contacts',
          '/state/podium/objects',
          '/state/podium/texts',
          '/state/podium/conversations',
          '/state/podium/feeds',
          '/state/podium/requests',
          '/state/podium/webhooks',
          '/state/clientbook/clients',
          '/state/clientbook/collections',
          '/state/clientbook/activity',
          '/state/clientbook/messages',
          '/state/clientbook/products',
          '/state/clientbook/purchases',
          '/state/clientbook/texts',
          '/state/clientbook/associates',
          '/state/clientbook/requests',
          '/state/clientbook/webhooks',
          '/control/podium/settings',
          '/control/clientbook/settings',
          '/control/store/settings',
        ].map((path) => html`<li><a href="${path}">${path}</a></li>`)}</ul>`,
      ),
    ),
  )
}
