import { describe, expect, test } from 'vitest'
import { startWebhookReceiver } from '../webhook-receiver.ts'
import { connect, nora, patience, region, settle, shows, webhookSecret } from './account.ts'
import type { ConformancePlatform } from './sandbox.ts'

/** A text goes out at most once, and what became of it is told. */
export function registerTexts(name: string, platform: ConformancePlatform): void {
  const { connector, texts: via } = platform

  describe(`${name}: texts`, patience, () => {
    async function begin() {
      const line = await connect(platform)
      const uid = await line.sandbox.staff.create(nora)
      const text = { to: nora.phone, body: 'Your ring is ready.', location: line.sandbox.location, reference: 'n-1' }
      return { ...line, uid, text, send: () => line.session.sendText(text, via) }
    }

    test('[CO-10] a text goes out once, to the phone it is for, and leaves the contact as it is', async () => {
      await using line = await begin()
      await line.send()
      expect(await line.sandbox.texts()).toEqual([{ to: nora.phone, body: line.text.body }])
      await shows(line.sandbox, [nora])
    })

    test('[CO-10] its delivery is told by the id it was given', async () => {
      await using line = await begin()
      await using receiver = await startWebhookReceiver()
      await line.session.ensureWebhook({ url: receiver.url, secret: webhookSecret, texts: via })
      const { id } = await line.send()
      await expect
        .poll(() => receiver.received.map(({ rawBody }) => connector.readEvent(rawBody.toString(), region)), settle)
        .toContainEqual({ type: 'text.status', eventId: expect.any(String), id, status: 'sent' })
      expect(receiver.received.every((webhook) => connector.verifyWebhook(webhook, webhookSecret))).toBe(true)
    })

    test('[CO-10] that it did not arrive is told, with a reason', async () => {
      await using line = await begin()
      await using receiver = await startWebhookReceiver()
      await line.session.ensureWebhook({ url: receiver.url, secret: webhookSecret, texts: via })
      await line.sandbox.loseTextsTo(nora.phone)
      const { id } = await line.send()
      await expect
        .poll(() => receiver.received.map(({ rawBody }) => connector.readEvent(rawBody.toString(), region)), settle)
        .toContainEqual(
          expect.objectContaining({ type: 'text.status', id, status: 'failed', reason: expect.any(String) }),
        )
    })

    test('[CO-10] a phone that has opted out gets none', async () => {
      await using line = await begin()
      await line.sandbox.staff.optOut(line.uid, nora.phone)
      await expect(line.send()).rejects.toMatchObject({ code: 'platform_refused' })
      expect(await line.sandbox.texts()).toEqual([])
    })

    test('[CO-10] without an answer nobody knows, and it is not tried again', async () => {
      await using line = await begin()
      await line.sandbox.spoilNextText()
      await expect(line.send()).rejects.toMatchObject({ code: 'platform_unavailable' })
      expect(await line.sandbox.texts()).toHaveLength(1)
    })
  })
}
