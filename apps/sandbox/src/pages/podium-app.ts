import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import type { Podium } from '../podium/podium.ts'
import { changeAsStaff, createAsStaff, staffCreateSchema, staffPatchSchema } from '../podium/staff.ts'
import { type ContactView, contactView } from '../podium/view.ts'
import { type Html, html, page } from './html.ts'
import { activityOf } from './podium-activity.ts'

const shownContacts = 200
const uidSchema = z.object({ uid: z.uuid() })
const searchSchema = z.object({ search: z.string().default('') })
const newSchema = z.object({ name: z.string(), phone: z.string(), email: z.string() })
const editSchema = z.object({ name: z.string(), phones: z.string(), emails: z.string() })
const consentSchema = z.object({ identifier: z.string(), out: z.enum(['yes', 'no']) })

/** Podium as the store's staff has it on the screen. */
export function addPodiumApp(app: FastifyInstance, podium: Podium): void {
  app.get('/podium/app', async (request, reply) => {
    const { search } = searchSchema.parse(request.query)
    const found = podium.contacts
      .all()
      .map((contact) => contactView(contact, podium))
      .filter((contact) => matches(contact, search))
    return reply.type('text/html').send(page('Podium: contacts', listPage(found, search)))
  })

  app.post('/podium/app/contacts', async (request, reply) => {
    const { name, phone, email } = newSchema.parse(request.body)
    const input = staffCreateSchema.parse({
      name: name || null,
      phoneNumbers: lines(phone).map(e164),
      emails: lines(email),
    })
    const contact = createAsStaff(podium, input)
    return contact ? open(reply, contact.uid) : problem(reply, 'A contact with this phone or e-mail is there already.')
  })

  app.get('/podium/app/contacts/:uid', async (request, reply) => {
    const contact = podium.contacts.get(uidSchema.parse(request.params).uid)
    if (!contact) return problem(reply, 'There is no such contact.')
    const organization = podium.accounts.get(contact.organizationUid)
    const locations = organization?.locations.filter(({ uid }) => contact.locationUids.includes(uid)) ?? []
    const where = `${organization?.name}: ${locations.map(({ name }) => name).join(', ')}`
    const view = contactView(contact, podium)
    return reply
      .type('text/html')
      .send(page(view.name ?? 'No name', contactPage(view, where, activityOf(contact, podium))))
  })

  app.post('/podium/app/contacts/:uid', async (request, reply) => {
    const contact = podium.contacts.get(uidSchema.parse(request.params).uid)
    if (!contact) return problem(reply, 'There is no such contact.')
    const { name, phones, emails } = editSchema.parse(request.body)
    const patch = { name, phoneNumbers: lines(phones).map(e164), emails: lines(emails) }
    changeAsStaff(podium, contact, staffPatchSchema.parse(patch))
    return open(reply, contact.uid)
  })

  app.post('/podium/app/contacts/:uid/consent', async (request, reply) => {
    const contact = podium.contacts.get(uidSchema.parse(request.params).uid)
    if (!contact) return problem(reply, 'There is no such contact.')
    const { identifier, out } = consentSchema.parse(request.body)
    const others = Object.entries(contact.consents).filter(([, consent]) => consent.transactionalOptedOutAt !== null)
    const optedOut = new Set(others.map(([one]) => one))
    if (out === 'yes') optedOut.add(identifier)
    else optedOut.delete(identifier)
    changeAsStaff(podium, contact, { optedOut: [...optedOut] })
    return open(reply, contact.uid)
  })

  app.post('/podium/app/contacts/:uid/delete', async (request, reply) => {
    const contact = podium.contacts.get(uidSchema.parse(request.params).uid)
    if (contact) podium.contacts.remove(contact)
    return reply.redirect('/podium/app', 303)
  })
}

function listPage(found: ContactView[], search: string): Html {
  return html`<form method="get"><label>Search<input name="search" value="${search}"></label><button>Search</button></form>
<table><tr><th>Name</th><th>Phones</th><th>E-mails</th><th>Changed</th></tr>
${found.slice(0, shownContacts).map(
  (contact) => html`<tr><td><a href="/podium/app/contacts/${contact.uid}">${contact.name ?? 'No name'}</a></td>
<td>${contact.phoneNumbers.join(', ')}</td><td>${contact.emails.join(', ')}</td><td class="quiet">${contact.updatedAt}</td></tr>`,
)}</table>
<p class="quiet">${found.length} contacts${found.length > shownContacts ? `, the first ${shownContacts} shown` : ''}.</p>
<h2>Add a contact</h2>
<form method="post" action="/podium/app/contacts"><label>Name<input name="name"></label><label>Phone<input name="phone"></label>
<label>E-mail<input name="email"></label><button>Add</button></form>`
}

function contactPage(contact: ContactView, where: string, activity: Html): Html {
  const path = `/podium/app/contacts/${contact.uid}`
  return html`<p>${where}</p>
<table>${contact.channels.map(
    ({ identifier, type, transactionalOptedOutAt }) => html`<tr><td>${type.toLowerCase()}</td><td>${identifier}</td>
<td>${transactionalOptedOutAt ? html`<span class="out">opted out ${transactionalOptedOutAt}</span>` : 'may be messaged'}</td>
<td><form method="post" action="${path}/consent"><input type="hidden" name="identifier" value="${identifier}">
<button name="out" value="${transactionalOptedOutAt ? 'no' : 'yes'}">${transactionalOptedOutAt ? 'Opt in' : 'Opt out'}</button></form></td></tr>`,
  )}</table>
<p>${Object.values(contact.address ?? {})
    .filter(Boolean)
    .join(', ')}</p>
<ul>${contact.attributes.map(({ label, value }) => html`<li>${label}: ${value}</li>`)}${contact.tags.map(({ label }) => html`<li>#${label}</li>`)}</ul>
${activity}
<h2>Edit</h2>
<form method="post" action="${path}"><label>Name<input name="name" value="${contact.name}"></label>
<label>Phones, one a line<textarea name="phones" rows="3">${contact.phoneNumbers.join('\n')}</textarea></label>
<label>E-mails, one a line<textarea name="emails" rows="3">${contact.emails.join('\n')}</textarea></label><button>Save</button></form>
<h2>Delete</h2><form method="post" action="${path}/delete"><button>Delete this contact</button></form>
<p class="quiet">uid ${contact.uid}, created ${contact.createdAt}, changed ${contact.updatedAt}</p>`
}

function open(reply: FastifyReply, uid: string): FastifyReply {
  return reply.redirect(`/podium/app/contacts/${uid}`, 303)
}

function problem(reply: FastifyReply, words: string): FastifyReply {
  return reply
    .code(409)
    .type('text/html')
    .send(page('Not done', html`<p class="problem">${words}</p>`))
}

function matches(contact: ContactView, search: string): boolean {
  const words = search.toLowerCase()
  return [contact.name ?? '', ...contact.phoneNumbers, ...contact.emails].some((text) =>
    text.toLowerCase().includes(words),
  )
}

function lines(text: string): string[] {
  return text
    .split(/[\r\n,]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

/** Podium's form takes a number as it is said in the United States. */
function e164(phone: string): string {
  const digits = phone.replace(/\D/g, '')
  return digits.length === 10 && !phone.startsWith('+') ? `+1${digits}` : `+${digits}`
}
