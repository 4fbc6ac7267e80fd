import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import PostalMime from 'postal-mime'
import { html, page } from './pages/html.ts'

/** A mail as its reader sees it. */
export interface ShownMail {
  file: string
  from: string
  to: string[]
  subject: string
  text: string
  attachments: { name: string; content: string }[]
}

/** Everybody's mailbox: a folder of `.eml` files, in which mail ends that nobody sends. `GET /state/mail`, and a page. */
export function addMail(app: FastifyInstance, folder: string): void {
  app.get('/state/mail', async () => readMail(folder))
  app.get('/mail', async (_request, reply) => {
    const mails = (await readMail(folder)).reverse()
    const shown = mails.map(
      (mail) => html`<h2>${mail.subject}</h2><p class="quiet">From ${mail.from} to ${mail.to.join(', ')}</p>
<pre>${mail.text}</pre>
${mail.attachments.map(({ name, content }) => html`<p>Attached: <a download="${name}" href="data:application/jose,${encodeURIComponent(content)}">${name}</a></p>`)}`,
    )
    return reply.type('text/html').send(page('Mail', html`${shown.length > 0 ? shown : 'No mail yet.'}`))
  })
}

/** All mail, oldest first. */
async function readMail(folder: string): Promise<ShownMail[]> {
  const files = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.eml'))
  const dated = await Promise.all(files.map(async (file) => ({ file, at: (await stat(join(folder, file))).mtimeMs })))
  dated.sort((one, other) => one.at - other.at)
  return Promise.all(dated.map(({ file }) => read(folder, file)))
}

async function read(folder: string, file: string): Promise<ShownMail> {
  const mail = await PostalMime.parse(await readFile(join(folder, file)))
  return {
    file,
    from: mail.from?.address ?? '',
    to: (mail.to ?? []).map(({ address }) => address ?? ''),
    subject: mail.subject ?? '',
    text: mail.text ?? '',
    attachments: mail.attachments.map(({ filename, content }) => ({
      name: filename ?? '',
      content: typeof content === 'string' ? content : Buffer.from(new Uint8Array(content)).toString('utf8'),
    })),
  }
}
