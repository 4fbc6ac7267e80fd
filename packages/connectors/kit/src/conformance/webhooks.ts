import { describe, expect, test } from 'vitest'
import type { PlatformEvent } from '../events.ts'
import { nora, otto, patience, region, subscribe, webhookSecret } from './account.ts'
import type { ConformancePlatform } from './sandbox.ts'

/** Events are authentic, and say what happened. */
export function registerWebhooks(name: string, platform: ConformancePlatform): void {
  const { connector } = platform

  describe(`${name}: webhooks`, patience, () => {
    test('only what the platform signed is accepted', async () => {
      await using line = await subscribe(platform)
      await line.sandbox.staff.create(nora)
      await line.events((got) => expect(got).not.toEqual([]))
      const [webhook] = line.receiver.received
      if (webhook === undefined) throw new Error('Nothing was delivered.')
      expect(connector.verifyWebhook(webhook, webhookSecret)).toBe(true)
      expect(connector.verifyWebhook(webhook, 'another secret')).toBe(false)
      const tampered = Buffer.from(webhook.rawBody.toString().replace('Nora', 'Dora'))
      expect(connector.verifyWebhook({ ...webhook, rawBody: tampered }, webhookSecret)).toBe(false)
      expect(connector.verifyWebhook({ headers: {}, rawBody: webhook.rawBody }, webhookSecret)).toBe(false)
    })

    test('a webhook that is asked for twice delivers once', async () => {
      await using line = await subscribe(platform)
      await line.session.ensureWebhook(line.webhook)
      await line.sandbox.staff.create(nora)
      const last = await line.sandbox.staff.create(otto)
      const got = await line.events((sofar) => expect(sofar.map(uidOf)).toContain(last))
      expect(got).toHaveLength(2)
    })

    test('a change shows the contact as it is after it', async () => {
      await using line = await subscribe(platform)
      const uid = await line.sandbox.staff.create(nora)
      await line.sandbox.staff.changePhone(uid, otto.phone)
      const got = await line.events((sofar) => expect(sofar).toHaveLength(2))
      expect(got[0]).toMatchObject({ type: 'contact.changed', contact: { uid, phones: [nora.phone] } })
      expect(got[1]).toMatchObject({ type: 'contact.changed', contact: { uid, phones: [otto.phone] } })
    })

    test('an opt-out is seen in the event and in the list', async () => {
      await using line = await subscribe(platform)
      const uid = await line.sandbox.staff.create(nora)
      await line.sandbox.staff.optOut(uid, nora.phone)
      const got = await line.events((sofar) => expect(sofar).toHaveLength(2))
      const optedOut = { uid, optedOutPhones: [nora.phone] }
      expect(got[1]).toMatchObject({ type: 'contact.changed', contact: optedOut })
      expect((await line.session.listContacts({})).contacts).toMatchObject([optedOut])
    })

    test('a deletion and a merge name who is gone', async () => {
      await using line = await subscribe(platform)
      const kept = await line.sandbox.staff.create(nora)
      const gone = await line.sandbox.staff.create(otto)
      await line.sandbox.staff.merge({ kept, gone })
      await line.sandbox.staff.remove(kept)
      const got = await line.events((sofar) => expect(sofar.at(-1)?.type).toBe('contact.deleted'))
      expect(got).toContainEqual(
        expect.objectContaining({
          type: 'contact.merged',
          goneUids: [gone],
          contact: expect.objectContaining({ uid: kept }),
        }),
      )
      expect(got.at(-1)).toMatchObject({ type: 'contact.deleted', uid: kept })
    })

    test('who was erased is told by the id alone, is in no list, and is not made anew by an update', async () => {
      await using line = await subscribe(platform)
      const uid = await line.sandbox.staff.create(nora)
      await line.sandbox.staff.remove(uid)
      const got = await line.events((sofar) => expect(sofar.at(-1)?.type).toBe('contact.deleted'))
      expect(got.at(-1)).toEqual({ type: 'contact.deleted', eventId: expect.any(String), uid })
      expect((await line.session.listContacts({})).contacts).toEqual([])
      const frozen = connector.freezeUpdate({ name: 'Nora L.' }, line.identifiersOf(nora))
      await expect(line.session.write(frozen)).rejects.toMatchObject({ code: 'contact_not_found' })
      expect(await line.sandbox.contacts()).toEqual([])
    })

    test('an event that is delivered twice has one id, and two events have two', async () => {
      await using line = await subscribe(platform)
      await line.sandbox.deliverTwice()
      await line.sandbox.staff.create(nora)
      await line.sandbox.staff.create(otto)
      const got = await line.events((sofar) => expect(sofar).toHaveLength(4))
      expect(new Set(got.map(({ eventId }) => eventId)).size).toBe(2)
    })

    test('fields that were added since are passed over', async () => {
      await using line = await subscribe(platform)
      await line.sandbox.staff.create(nora)
      await line.events((sofar) => expect(sofar).toHaveLength(1))
      const raw = line.receiver.received[0]?.rawBody.toString() ?? ''
      const grown = JSON.stringify(withUnknownFields(JSON.parse(raw)))
      expect(grown).not.toBe(raw)
      expect(connector.readEvent(grown, region)).toEqual(connector.readEvent(raw, region))
    })
  })
}

function uidOf(event: PlatformEvent): string | undefined {
  return 'contact' in event ? event.contact.uid : undefined
}

/** The same JSON with one more field in every object. */
function withUnknownFields(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withUnknownFields)
  if (value === null || typeof value !== 'object') return value
  const known = Object.entries(value).map(([name, part]) => [name, withUnknownFields(part)])
  return { ...Object.fromEntries(known), addedNextYear: { deep: [true] } }
}
