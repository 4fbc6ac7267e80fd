import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2'
import MailComposer from 'nodemailer/lib/mail-composer'

/** One mail. */
export interface Mail {
  /** The same when the same mail is sent again: letters, digits and `-`. */
  readonly id: string
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly attachment?: { readonly name: string; readonly content: string }
}

/** Sends mail. */
export type Mailer = (mail: Mail) => Promise<void>

/** Mail as files in a folder, one `.eml` each; the same mail twice is one file. */
export function folderMailer(folder: string, from: string): Mailer {
  return async (mail) => {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const file = join(folder, `${mail.id}.eml`)
    await writeFile(`${file}.part`, await compose(mail, from), { mode: 0o600 })
    await rename(`${file}.part`, file)
  }
}

/** Mail through Amazon SES. Region, credentials and endpoint come as the AWS SDK finds them. */
export function sesMailer(from: string): Mailer {
  const ses = new SESv2Client({})
  return async (mail) => {
    const Data = await compose(mail, from)
    await ses.send(
      new SendEmailCommand({
        FromEmailAddress: from,
        Destination: { ToAddresses: [mail.to] },
        Content: { Raw: { Data } },
      }),
    )
  }
}

/** The mail as MIME (RFC 5322). */
function compose({ id, to, subject, text, attachment }: Mail, from: string): Promise<Buffer> {
  const domain = from.slice(from.lastIndexOf('@') + 1).replace('>', '')
  const composer = new MailComposer({
    messageId: `<${id}@${domain}>`,
    from,
    to,
    subject,
    text,
    ...(attachment && {
      attachments: [{ filename: attachment.name, content: attachment.content, contentType: 'application/jose' }],
    }),
  })
  return composer.compile().build()
}
