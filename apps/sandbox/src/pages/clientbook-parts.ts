import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import type { Clientbook } from '../clientbook/clientbook.ts'
import type { Actor, Associate, Client } from '../clientbook/model.ts'
import { Problem } from '../clientbook/problems.ts'
import { actorOf } from '../clientbook/staff.ts'
import { type Html, html, page } from './html.ts'

/** Who is signed in: an associate's id. */
export const asSchema = z.object({ as: z.string().optional() })

/** A form that whoever is signed in sends. */
export function form(action: string, as: Associate | undefined, content: Html): Html {
  return html`<form method="post" action="${action}"><input type="hidden" name="as" value="${as?.id}">${content}</form>`
}

export function clientPath({ id }: Pick<Client, 'id'>, as?: string): string {
  return `/clientbook/app/clients/${id}${as === undefined ? '' : `?as=${as}`}`
}

export function nav(): Html {
  return html`<nav class="within"><a href="/clientbook/app">Clients</a><a href="/clientbook/app/products">Products</a></nav>`
}

/** What Clientbook shows of who did it: `Harriet Vale`, `the point of sale`. */
export function who(book: Clientbook, { type, associate_id }: Actor): string {
  const associate = associate_id === null ? undefined : book.associates.get(associate_id)
  if (type === 'associate') return associate ? `${associate.first_name} ${associate.last_name}` : 'someone of the staff'
  const named = associate ? ` (${associate.first_name} ${associate.last_name})` : ''
  return { integration: `the point of sale${named}`, system: 'Clientbook', client: 'the client' }[type]
}

/** Does what a form asks for and goes back, or shows why it cannot be. */
export function act(
  reply: FastifyReply,
  book: Clientbook,
  client: Client | undefined,
  as: string | undefined,
  work: (client: Client, by: Actor) => string | undefined,
): FastifyReply {
  if (!client || client.deleted_at !== null) return problem(reply, 404, 'There is no such client.')
  try {
    const path = work(client, actorOf(book, client.account_id, as))
    return reply.redirect(path ?? clientPath(client, as), 303)
  } catch (error) {
    if (error instanceof Problem) return problem(reply, 409, wordsOf(error))
    throw error
  }
}

export function problem(reply: FastifyReply, status: number, words: string): FastifyReply {
  return reply
    .code(status)
    .type('text/html')
    .send(page('Not done', html`${nav()}<p class="problem">${words}</p>`))
}

/** What a person reads of a refusal. */
export function wordsOf({ body }: Problem): string {
  const errors = body.errors?.map(({ pointer, code }) => `${pointer.slice(1)}: ${code.replaceAll('_', ' ')}`) ?? []
  return [`${body.title}.`, ...errors].join(' ')
}
