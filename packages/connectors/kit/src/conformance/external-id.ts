import { randomUUID } from 'node:crypto'
import { describe, expect, test, vi } from 'vitest'
import { startWebhookReceiver } from '../webhook-receiver.ts'
import { connect, nora, otto, patience, region, settle, shows, webhookSecret } from './account.ts'
import type { ConformancePlatform } from './sandbox.ts'

/** The Edge customer number stands on the contact, and nothing depends on it. */
export function registerExternalId(name: string, platform: ConformancePlatform): void {
  const { connector } = platform

  describe(`${name}: the Edge customer number`, patience, () => {
    test('has one field, however often it is asked for', async () => {
      await using line = await connect(platform)
      const field = await line.session.ensureExternalIdField()
      expect(await line.session.ensureExternalIdField()).toBe(field)
    })

    test('comes to rest on one field when it is asked for twice at once', async () => {
      await using line = await connect(platform)
      const ensure = () => line.session.ensureExternalIdField()
      const made = await Promise.all([ensure(), ensure()])
      const [later, latest] = [await ensure(), await ensure()]
      expect(made).toContain(later)
      expect(latest).toBe(later)
    })

    test('is shown by list and event, whatever staff did to phone and name', async () => {
      await using line = await connect(platform)
      await using receiver = await startWebhookReceiver()
      await line.session.ensureWebhook({ url: receiver.url, secret: webhookSecret })
      await line.session.write(line.create(nora, { externalIdField: await line.session.ensureExternalIdField() }))
      await shows(line.sandbox, [nora])
      const [contact] = (await line.session.listContacts({})).contacts
      expect(contact?.externalId).toBe(nora.key)

      await line.sandbox.staff.changePhone(contact?.uid ?? '', otto.phone)
      await vi.waitFor(() => {
        const events = receiver.received.map(({ rawBody }) => connector.readEvent(rawBody.toString(), region))
        expect(events.at(-1)).toMatchObject({ contact: { phones: [otto.phone], externalId: nora.key } })
      }, settle)
    })

    test('[CO-06] has the acquisition beside it, from the first write on or given later', async () => {
      await using line = await connect(platform)
      const field = await line.session.ensureAcquisitionField()
      expect(await line.session.ensureAcquisitionField()).toBe(field)
      await line.session.write(line.create({ ...nora, acquisition: 'Walk-in' }, { acquisitionField: field }))
      await shows(line.sandbox, [nora])
      await line.session.write(line.create(otto))
      await shows(line.sandbox, [nora, otto])
      const later = { acquisition: 'Friend' }
      const identifiers = [connector.identity === 'methods' ? '+12035550199' : '001-00099', ...line.identifiersOf(otto)]
      await line.session.write(connector.freezeUpdate(later, identifiers, field))
      await expect
        .poll(async () => (await line.session.listContacts({})).contacts.map((one) => one.acquisition), settle)
        .toEqual(['Walk-in', 'Friend'])
    })

    test('is absent where the contact has none', async () => {
      await using line = await connect(platform)
      await line.session.ensureExternalIdField()
      await line.sandbox.staff.create(nora)
      const { contacts } = await line.session.listContacts({})
      expect(contacts.map(({ externalId }) => externalId)).toEqual([undefined])
    })

    test('keeps no contact from being made when its field is gone', async () => {
      await using line = await connect(platform)
      await line.session.write(line.create(nora, { externalIdField: randomUUID() }))
      await shows(line.sandbox, [nora])
    })
  })
}
