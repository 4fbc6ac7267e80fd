import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Store } from '../store/store.ts'
import { Html, html, page } from './html.ts'
import { storeNav } from './store-lists.ts'

const formSchema = z.object({
  seed: z.coerce.number().int(),
  events: z.coerce.number().int().min(1).max(10_000),
  speed: z.union([z.literal('').transform(() => undefined), z.coerce.number().positive().max(1000)]),
})

/** Lets a day happen in the shop, and shows what happened. */
export function addStoreDay(app: FastifyInstance, store: Store): void {
  app.get('/store/app/day', async (_request, reply) =>
    reply.type('text/html').send(page('The store: a day', html`${storeNav()}${dayPage(store)}`)),
  )
  app.post('/store/app/day', async (request, reply) => {
    const { seed, events, speed } = formSchema.parse(request.body)
    if (speed === undefined) store.day.playAtOnce(seed, events)
    else store.day.play(seed, events, speed)
    return reply.redirect('/store/app/day', 303)
  })
  app.post('/store/app/day/stop', async (_request, reply) => {
    store.day.stop()
    return reply.redirect('/store/app/day', 303)
  })
}

function dayPage(store: Store): Html {
  const { playing, events, happenings } = store.day.state
  const counts = Object.entries(store.counts()).map(([name, count]) => `${count} ${words(name)}`)
  const again = playing ? new Html('<meta http-equiv="refresh" content="2">') : ''
  return html`${again}<p class="quiet">${counts.join(', ')}.</p>
<form method="post" action="/store/app/day"><label>Seed<input name="seed" type="number" value="${1 + (Date.now() % 1000)}"></label>
<label>Steps<input name="events" type="number" value="60" min="1"></label>
<label>Steps a second (empty: at once)<input name="speed" type="number" value="1" step="any"></label><button>Play a day</button></form>
${playing ? html` <form method="post" action="/store/app/day/stop"><button>Stop</button></form> <span class="quiet">${events} to come</span>` : ''}
<table><tr><th>Time</th><th>What</th><th></th></tr>
${happenings.toReversed().map(({ at, what, text }) => html`<tr><td>${at.slice(11)}</td><td>${what}</td><td>${text}</td></tr>`)}</table>
<p class="quiet">Each step is a change in The Edge's database, and goes out with the next incremental export.</p>`
}

function words(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}
