import { describe, expect, test } from 'vitest'
import { connect, nora, otto, patience, shows } from './account.ts'
import type { ConformancePlatform } from './sandbox.ts'

/** A contact is found by what makes it one on this platform (Connector.identity). */
export function registerIdentity(name: string, platform: ConformancePlatform): void {
  if (platform.connector.identity === 'methods') registerMethods(name, platform)
  else registerNumber(name, platform)
}

function registerMethods(name: string, platform: ConformancePlatform): void {
  const { connector } = platform

  describe(`${name}: known by phone and e-mail`, patience, () => {
    test('[CO-03] an update reaches the contact by its e-mail after its phone was changed at the platform', async () => {
      await using line = await connect(platform)
      const uid = await line.sandbox.staff.create(nora)
      await line.sandbox.staff.changePhone(uid, '+12035550120')
      await line.session.write(connector.freezeUpdate({ name: 'Nora L.' }, [nora.phone, nora.email]))
      await shows(line.sandbox, [{ ...nora, name: 'Nora L.', phone: '+12035550120' }])
    })

    test('[CO-03] a phone that we change is on the contact, and finds it from then on', async () => {
      await using line = await connect(platform)
      await line.sandbox.staff.create(nora)
      await line.session.write(connector.freezeUpdate({ phone: otto.phone }, [nora.phone]))
      await shows(line.sandbox, [{ ...nora, phone: otto.phone }])
      await line.session.write(connector.freezeUpdate({ name: 'Nora L.' }, [otto.phone]))
      await shows(line.sandbox, [{ ...nora, name: 'Nora L.', phone: otto.phone }])
    })

    test('a contact is made without its number while it is not known where that goes', async () => {
      await using line = await connect(platform)
      await line.session.write(line.create(nora))
      await shows(line.sandbox, [nora])
      expect((await line.session.listContacts({})).contacts.map(({ externalId }) => externalId)).toEqual([undefined])
    })
  })
}

function registerNumber(name: string, platform: ConformancePlatform): void {
  const { connector } = platform

  describe(`${name}: known by the Edge customer number`, patience, () => {
    test('[CO-03] two customers of one phone and e-mail are two contacts', async () => {
      await using line = await connect(platform)
      const twin = { ...nora, key: otto.key }
      await line.session.write(line.create(nora))
      await line.session.write(line.create(twin))
      await shows(line.sandbox, [nora, twin])
      await line.session.write(connector.freezeUpdate({ name: 'Nina L.' }, [twin.key]))
      await shows(line.sandbox, [nora, { ...twin, name: 'Nina L.' }])
    })

    test('a customer without name, phone and e-mail is a contact too', async () => {
      await using line = await connect(platform)
      const source = { settings: line.sandbox.settings, externalIdField: null, acquisitionField: null }
      await line.session.write(connector.freezeCreate({}, { ...source, edgeKey: nora.key }))
      expect((await line.session.listContacts({})).contacts).toMatchObject([{ externalId: nora.key, phones: [] }])
    })

    test('[CO-03] a phone that we change is on the contact, beside what staff entered there', async () => {
      await using line = await connect(platform)
      const { identifier } = await line.session.write(line.create(nora))
      await line.sandbox.staff.addPhone(identifier, '+12035550121')
      await line.session.write(connector.freezeUpdate({ phone: otto.phone }, [identifier, nora.key]))
      const [shown] = await line.sandbox.contacts()
      expect(shown?.phones.toSorted()).toEqual([otto.phone, '+12035550121'])
    })

    test('a contact that has no number gets it, and a renumbered one takes the new', async () => {
      await using line = await connect(platform)
      const uid = await line.sandbox.staff.create(nora)
      for (const number of [nora.key, '001-00042']) {
        await line.session.write(connector.freezeUpdate({ externalId: number }, [uid, number]))
        expect((await line.session.listContacts({})).contacts).toMatchObject([{ uid, externalId: number }])
      }
    })

    test('a number that another contact has is refused, and both stay as they are', async () => {
      await using line = await connect(platform)
      const { identifier } = await line.session.write(line.create(nora))
      await line.session.write(line.create(otto))
      await expect(
        line.session.write(connector.freezeUpdate({ externalId: otto.key }, [identifier])),
      ).rejects.toMatchObject({ code: 'platform_refused' })
      const { contacts } = await line.session.listContacts({})
      expect(contacts.map(({ externalId }) => externalId)).toEqual([nora.key, otto.key])
    })

    const { freezeRestore } = connector
    test.runIf(freezeRestore)(
      'a contact that was not the customer’s gets its own values back, and loses what was not its own',
      async () => {
        await using line = await connect(platform)
        const uid = await line.sandbox.staff.create(nora)
        const { key, email: _same, ...values } = otto
        const written = { ...values, acquisition: 'Friend', externalId: key }
        const shownBefore = (await line.session.listContacts({})).contacts.find((contact) => contact.uid === uid)
        await line.session.write(connector.freezeUpdate(written, [uid, key]))
        const own = { name: nora.name, phone: nora.phone }
        if (freezeRestore) await line.session.write(freezeRestore(own, written, [uid, key], shownBefore?.labels ?? {}))
        await shows(line.sandbox, [nora])
        const [shown] = (await line.session.listContacts({})).contacts
        expect(shown).toMatchObject({ uid, phones: [nora.phone], emails: [nora.email] })
        expect(shown?.labels).toEqual(shownBefore?.labels)
        expect(shown).not.toHaveProperty('externalId')
        expect(shown).not.toHaveProperty('acquisition')
      },
    )

    const { freezeMerge } = connector
    describe.runIf(freezeMerge)('two that The Edge has merged', () => {
      /** Two contacts with what is theirs, and the merge of the second into the first. */
      async function two(line: Awaited<ReturnType<typeof connect>>) {
        const uids: string[] = []
        for (const one of [nora, otto]) uids.push((await line.session.write(line.create(one))).identifier)
        const [kept = '', gone = ''] = uids
        await line.sandbox.desk?.addNote(gone, 'Likes rubies.')
        const merge = () => line.session.write(freezeMerge?.([kept, nora.key], [gone, otto.key]) ?? expect.fail('none'))
        return { kept, gone, merge }
      }
      const isOne = async (line: Awaited<ReturnType<typeof connect>>, kept: string) => {
        const { contacts } = await line.session.listContacts({})
        expect(contacts).toMatchObject([{ uid: kept, name: nora.name, externalId: nora.key }])
        expect(contacts[0]?.phones.toSorted()).toEqual([nora.phone, otto.phone].toSorted())
        const notes = (await line.sandbox.desk?.notesOf(kept))?.map(({ text }) => text)
        if (notes) expect(notes).toEqual(['Likes rubies.'])
      }

      test('[CO-07] are one, with all that was theirs; done again it changes nothing', async () => {
        await using line = await connect(platform)
        const { kept, merge } = await two(line)
        for (const _ of [1, 2]) {
          expect(await merge()).toEqual({ identifier: kept })
          await isOne(line, kept)
        }
      })

      test('[CO-07] are one, wherever the merge was cut off before', async () => {
        await using line = await connect(platform)
        const { kept, merge } = await two(line)
        await line.sandbox.spoilNextMerge?.('beginning')
        await expect(merge()).rejects.toMatchObject({ code: 'platform_unavailable' })
        await line.sandbox.spoilNextMerge?.('end')
        await expect(merge()).rejects.toMatchObject({ code: 'platform_unavailable' })
        await merge()
        await isOne(line, kept)
      })

      test('one whom staff deleted leaves nothing to merge; into one who is gone nobody is merged', async () => {
        await using line = await connect(platform)
        const { kept, gone, merge } = await two(line)
        await line.sandbox.staff.remove(gone)
        await merge()
        await line.sandbox.staff.remove(kept)
        await expect(merge()).rejects.toMatchObject({ code: 'contact_not_found' })
        const third = await line.session.write(line.create(otto))
        await expect(merge()).rejects.toMatchObject({ code: 'contact_not_found' })
        const { contacts } = await line.session.listContacts({})
        expect(contacts).toMatchObject([{ uid: third.identifier, externalId: otto.key }])
      })
    })

    test('after a merge an update reaches who remains, by the number', async () => {
      await using line = await connect(platform)
      const { identifier: kept } = await line.session.write(line.create(nora))
      const gone = await line.sandbox.staff.create(otto)
      await line.sandbox.staff.merge({ kept, gone })
      await line.session.write(connector.freezeUpdate({ name: 'Nora L.' }, [gone, nora.key]))
      const [shown] = await line.sandbox.contacts()
      expect(shown).toMatchObject({ uid: kept, name: 'Nora L.' })
    })
  })
}
