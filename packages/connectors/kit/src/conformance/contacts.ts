import { describe, expect, test } from 'vitest'
import type { Session } from '../connector.ts'
import { connect, nora, patience, shows } from './account.ts'
import type { ConformancePlatform } from './sandbox.ts'

/** Contacts are written once and read whole. */
export function registerContacts(name: string, platform: ConformancePlatform): void {
  const { connector, pageSize } = platform

  describe(`${name}: writes`, patience, () => {
    test('a create makes one contact, however often it is repeated', async () => {
      await using line = await connect(platform)
      const frozen = line.create(nora)
      await line.session.write(frozen)
      await shows(line.sandbox, [nora])
      await line.session.write(frozen)
      // an update that comes after it: once it shows, the repeated create has been applied too
      await line.session.write(connector.freezeUpdate({ name: 'Nora L.' }, line.identifiersOf(nora)))
      await shows(line.sandbox, [{ ...nora, name: 'Nora L.' }])
    })

    test('an update of someone the platform does not know is contact_not_found', async () => {
      await using line = await connect(platform)
      const frozen = connector.freezeUpdate({ name: 'Nora L.' }, line.identifiersOf(nora))
      await expect(line.session.write(frozen)).rejects.toMatchObject({ code: 'contact_not_found' })
    })

    test('a write that was done and never answered is unavailable, and its repetition makes no second contact', async () => {
      await using line = await connect(platform)
      const frozen = line.create(nora)
      await line.sandbox.spoilNextWrite('doneUnanswered')
      await expect(line.session.write(frozen)).rejects.toMatchObject({ code: 'platform_unavailable' })
      await shows(line.sandbox, [nora])
      await line.session.write(frozen)
      await line.session.write(connector.freezeUpdate({ name: 'Nora L.' }, line.identifiersOf(nora)))
      await shows(line.sandbox, [{ ...nora, name: 'Nora L.' }])
    })

    test.each([
      ['refused', 'platform_refused'],
      ['failed', 'platform_unavailable'],
    ] as const)('a write that is %s is %s', async (how, code) => {
      await using line = await connect(platform)
      await line.sandbox.spoilNextWrite(how)
      await expect(line.session.write(line.create(nora))).rejects.toMatchObject({ code })
    })
  })

  describe(`${name}: reads`, patience, () => {
    test('a list gives each contact once, over all pages', async () => {
      await using line = await connect(platform)
      const made: string[] = []
      for (let n = 0; n <= pageSize; n++) {
        const phone = `+1203555${String(1000 + n)}`
        made.push(await line.sandbox.staff.create({ name: `Customer ${n}`, phone, email: `c${n}@example.com` }))
      }
      const pages = await readAll(line.session)
      expect(pages.length).toBeGreaterThan(1)
      expect(pages.flat().sort()).toEqual(made.sort())
    })

    test('fields of answers that were added since are passed over', async () => {
      await using line = await connect(platform)
      await line.sandbox.grow?.()
      await line.session.write(line.create(nora))
      await shows(line.sandbox, [nora])
      expect((await line.session.listContacts({})).contacts).toMatchObject([{ name: nora.name, phones: [nora.phone] }])
    })

    test('a list of changes leaves out what did not change', async () => {
      await using line = await connect(platform)
      await line.sandbox.staff.create(nora)
      const inAnHour = new Date(Date.now() + 3_600_000).toISOString()
      expect((await line.session.listContacts({ updatedSince: inAnHour })).contacts).toEqual([])
      const anHourAgo = new Date(Date.now() - 3_600_000).toISOString()
      const { contacts } = await line.session.listContacts({ updatedSince: anHourAgo })
      expect(contacts).toMatchObject([{ name: nora.name, phones: [nora.phone], emails: [nora.email] }])
    })
  })
}

/** The uids of all contacts, page by page. */
async function readAll(session: Session): Promise<string[][]> {
  const pages: string[][] = []
  let cursor: string | undefined
  do {
    const page = await session.listContacts(cursor === undefined ? {} : { cursor })
    pages.push(page.contacts.map(({ uid }) => uid))
    cursor = page.nextCursor
  } while (cursor !== undefined)
  return pages
}
