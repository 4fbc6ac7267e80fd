import { describe, expect, test } from 'vitest'
import type { ObjectWrite } from '../connector.ts'
import { appointmentOf, itemOf, jobOf, saleOf, writeOf } from '../made-up-objects.ts'
import { connect, nora, patience, settle, shows } from './account.ts'
import type { ConformancePlatform } from './sandbox.ts'

/** Products, purchases and timeline entries arrive whole, each write once. */
export function registerObjects(name: string, platform: ConformancePlatform): void {
  const { connector, objects } = platform

  describe(`${name}: objects`, patience, () => {
    /** A connected account on which Nora is a contact. */
    async function begin() {
      const line = await connect(platform)
      await line.session.write(line.create(nora))
      await shows(line.sandbox, [nora])
      const { session, sandbox } = line
      const freeze = (write: ObjectWrite) => connector.freezeObject(write, sandbox.settings)
      return { ...line, freeze, send: (...writes: ObjectWrite[]) => session.writeObjects(writes.map(freeze)) }
    }
    /** What the platform holds, by external id, once it satisfies. */
    const holds = (line: Awaited<ReturnType<typeof begin>>) =>
      expect.poll(async () => new Map((await line.sandbox.objects()).map((one) => [one.externalId, one])), settle)

    const dollars = (minor: number) => ({ minor, currency: 'USD' })
    const kinds = [
      ['[PD-06] [CB-07] a purchase', saleOf(1), { ...saleOf(1), amount: dollars(-9_900) }],
      ['[PD-07] an appointment', appointmentOf('scheduled'), appointmentOf('completed')],
      ['[PD-08] [CB-08] a service job', jobOf('not_ready'), { ...jobOf('done'), price: dollars(12_345) }],
      ['[PD-09] [CB-10] a product', itemOf(), { ...itemOf(), price: dollars(99_900) }],
    ] as const

    test.each(kinds.filter(([, { type }]) => objects.kinds.includes(type)))(
      '%s is made, and changed as a whole',
      async (_what, object, changed) => {
        await using line = await begin()
        const { type } = object
        const contact = type === 'product' ? null : nora.name
        for (const [writes, now] of [object, changed].entries()) {
          const event = writes === 0 ? 'created' : 'updated'
          expect(await line.send(writeOf(now, { event, eventId: `e-${writes}` }))).toEqual([null])
          const fields = expect.objectContaining(tellingFieldsOf(now))
          const shown = expect.objectContaining({ type, writes: writes + 1, contact, fields })
          await holds(line).toEqual(new Map([['x-1', shown]]))
        }
      },
    )

    test('[PD-10] what was written there of a product is never overwritten', async () => {
      await using line = await begin()
      await line.send(writeOf(itemOf()))
      await holds(line).toEqual(new Map([['x-1', expect.objectContaining({ title: itemOf().title })]]))
      await line.sandbox.staff.rewordProduct('x-1', 'A timeless ring')
      const cheaper = { ...itemOf(), price: { minor: 99_900, currency: 'USD' } }
      await line.send(writeOf(cheaper, { event: 'updated', eventId: 'e-2' }))
      const fields = expect.objectContaining({ price: cheaper.price })
      await holds(line).toEqual(new Map([['x-1', expect.objectContaining({ title: 'A timeless ring', fields })]]))
    })

    test('[PD-11] a product is archived, also from its first write on, and comes back', async () => {
      await using line = await begin()
      const sold = { ...itemOf(), archived: 'sold' } as const
      await line.send(writeOf(sold))
      await holds(line).toEqual(new Map([['x-1', expect.objectContaining({ archived: true, title: sold.title })]]))
      await line.send(writeOf(itemOf(), { event: 'updated', eventId: 'e-2' }))
      await holds(line).toEqual(new Map([['x-1', expect.objectContaining({ archived: false })]]))
      await line.send(writeOf(sold, { event: 'archived', eventId: 'e-3' }))
      await holds(line).toEqual(new Map([['x-1', expect.objectContaining({ archived: true })]]))
    })

    test('a write that is repeated, or done and never answered, counts once', async () => {
      await using line = await begin()
      const frozen = [line.freeze(writeOf(saleOf(1)))]
      await line.sandbox.spoilNextObjects()
      await expect(line.session.writeObjects(frozen)).rejects.toMatchObject({ code: 'platform_unavailable' })
      expect(await line.session.writeObjects(frozen)).toEqual([null])
      expect(await line.session.writeObjects(frozen)).toEqual([null])
      await holds(line).toEqual(new Map([['x-1', expect.objectContaining({ writes: 1 })]]))
    })

    test('[CO-11] a bad object of a batch is refused by itself', async () => {
      await using line = await begin()
      await line.sandbox.refuseObject('x-3')
      const writes = [1, 2, 3, 4, 5].map((n) => writeOf(saleOf(n), { externalId: `x-${n}`, eventId: `e-${n}` }))
      const outcome = await line.send(...writes)
      expect(outcome.map((result) => result?.code)).toEqual([
        undefined,
        undefined,
        'platform_refused',
        undefined,
        undefined,
      ])
      const kept = ['x-1', 'x-2', 'x-4', 'x-5'].map((id) => [id, expect.objectContaining({ writes: 1 })] as const)
      await holds(line).toEqual(new Map(kept))
    })

    test('a contact is found by any of its identifiers, and one that is not there holds up nobody else', async () => {
      await using line = await begin()
      const unknown = { edgeKey: '001-00099', name: 'Otto', identifiers: ['+12035550199', 'otto@example.com'] }
      const byEmail = { edgeKey: '001-00017', name: nora.name, identifiers: ['+12035550198', nora.email] }
      const outcome = await line.send(
        writeOf(saleOf(1), { contact: unknown }),
        writeOf(saleOf(2), { contact: byEmail, externalId: 'x-2' }),
      )
      expect(outcome.map((result) => result?.code)).toEqual([
        objects.needContact ? 'contact_not_found' : undefined,
        undefined,
      ])
      const found = ['x-2', expect.objectContaining({ contact: nora.name })] as const
      const waiting = ['x-1', expect.objectContaining({ contact: null })] as const
      await holds(line).toEqual(new Map(objects.needContact ? [found] : [found, waiting]))
    })

    test('a batch beyond the limit is told how long to wait, and is whole when it is repeated', async () => {
      await using line = await begin()
      const writes = [1, 2, 3].map((n) => writeOf(saleOf(n), { externalId: `x-${n}`, eventId: `e-${n}` }))
      await line.sandbox.limitTo(1)
      await line.session.ping()
      await expect(line.send(...writes)).rejects.toMatchObject({
        code: 'rate_limited',
        retryAfterMs: expect.any(Number),
      })
      await line.sandbox.limitTo(1_000)
      expect(await line.send(...writes)).toEqual([null, null, null])
      const all = ['x-1', 'x-2', 'x-3'].map((id) => [id, expect.objectContaining({ writes: 1 })] as const)
      await holds(line).toEqual(new Map(all))
    })

    test('one call takes as many as it says', async () => {
      await using line = await begin()
      const writes = Array.from({ length: connector.mostObjects }, (_, n) =>
        writeOf(saleOf(n + 1), { externalId: `x-${n}`, eventId: `e-${n}` }),
      )
      expect(await line.send(...writes)).toEqual(writes.map(() => null))
      await expect.poll(async () => (await line.sandbox.objects()).length, settle).toBe(connector.mostObjects)
    })
  })
}

/** Of an object, the fields that every platform shows which takes such objects at all. */
function tellingFieldsOf(object: ObjectWrite['object']): Readonly<Record<string, unknown>> {
  switch (object.type) {
    case 'purchase': {
      const { sale, line, purchasedAt, amount, isReturn, description, itemNumber } = object
      return { sale, line, purchasedAt, amount, isReturn, description, itemNumber }
    }
    case 'product':
      return { itemNumber: object.itemNumber, price: object.price, category: object.category }
    case 'serviceJob': {
      const { number, jobType, status, summary, description, price } = object
      return { number, jobType, status, summary, description, price }
    }
    case 'appointment': {
      const { type: _type, ...fields } = object
      return fields
    }
  }
}
