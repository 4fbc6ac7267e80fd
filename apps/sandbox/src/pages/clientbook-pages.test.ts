import { expect, it } from 'vitest'
import { z } from 'zod'
import { idSchema } from '../testing/clientbook-kit.ts'
import { send, startSandbox } from '../testing/kit.ts'

async function submit(url: string, fields: Record<string, string>) {
  return fetch(url, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' })
}

async function start() {
  const { url, clientbook } = await startSandbox()
  const added = await submit(`${url}/clientbook/app/clients`, {
    first: '<Nora>',
    last: 'Lindqvist',
    phone: '2035550117',
    email: 'nora@example.com',
  })
  const path = `${url}${added.headers.get('location')}`
  const state = async (what: string) => (await send(`${url}/state/clientbook/${what}`)).body
  const body = async () => String((await send(path)).body)
  return { url, clientbook, path, state, body, added }
}

it('staff finds a client and edits them by a form', async () => {
  const { url, path, state, body, added } = await start()
  expect(added.status).toBe(303)
  expect(await body()).toContain('&#60;Nora&#62; Lindqvist')
  await submit(path, { first: 'Nora', last: 'Lindqvist', label: 'Work', value: '2035550118' })
  expect(await state('clients')).toMatchObject([
    { first_name: 'Nora', phones: [{ label: 'Mobile' }, { label: 'Work', number: '+12035550118' }] },
  ])
  expect((await send(`${url}/clientbook/app?search=0118`)).body).toContain('Nora Lindqvist')
  expect((await send(`${url}/clientbook/app?search=nobody`)).body).not.toContain('Nora')
  expect((await submit(path, { first: '', last: '', label: 'Work', value: '1' })).status).toBe(409)
  await submit(`${path}/delete`, {})
  expect(await state('clients')).toEqual([])
  expect((await send(path)).status).toBe(404)
})

it('[CB-03] preferences of every type are set by one form', async () => {
  const { clientbook, path, state, body } = await start()
  const id = (name: string) => clientbook.definitions.all().find((one) => one.name === name)?.id ?? ''
  await submit(`${path}/preferences`, {
    [id('Ring size')]: '6½',
    [id('Anniversary')]: '2019-06-08',
    [id('Metal')]: 'Platinum',
    [id('Newsletter')]: 'no',
    [id('Budget')]: '2500.5',
  })
  const preferences = {
    'Ring size': '6½',
    Anniversary: '2019-06-08',
    Metal: 'Platinum',
    Newsletter: false,
    Budget: 2500.5,
  }
  expect(await state('clients')).toMatchObject([{ preferences }])
  expect(await body()).toContain('<option value="Platinum" selected>')
  await submit(`${path}/preferences`, { [id('Budget')]: '' })
  expect(await state('clients')).toMatchObject([{ preferences: { 'Ring size': '6½' } }])
})

it('[CB-04] [CB-06] [CB-09] collections, notes and messages are kept by whoever is signed in', async () => {
  const { clientbook, path, state, body } = await start()
  const maya = clientbook.associates.all().find(({ first_name }) => first_name === 'Maya')?.id ?? ''
  await submit(`${path}/collections`, { name: 'Edge', as: maya })
  const ids = z.array(idSchema.extend({ items: z.array(idSchema) }))
  const [edge] = ids.parse(await state('collections'))
  await submit(`${path}/collections/${edge?.id}/items`, { note: 'Tennis bracelet', sku: '' })
  const [filled] = ids.parse(await state('collections'))
  await submit(`${path}/items/${filled?.items[0]?.id}`, { note: 'Tennis bracelet, 7 in' })
  expect(await state('collections')).toMatchObject([{ name: 'Edge', items: [{ note: 'Tennis bracelet, 7 in' }] }])

  const written = await submit(`${path}/notes`, { body: 'Likes <gold>.', as: maya })
  expect(written.headers.get('location')).toMatch(/\?as=as_/)
  const [note] = z.array(idSchema).parse(await state('activity'))
  expect(await state('activity')).toMatchObject([{ created_by: { associate_id: maya, point_of_sale_id: null } }])
  await submit(`${path}/notes/${note?.id}`, { body: 'Likes silver.' })
  expect(await body()).toMatch(/Likes silver\.[\s\S]*Maya Ekström, edited by Harriet Vale/)

  const message = { channel: 'sms', direction: 'outbound', subject: '', body: 'Your ring is ready.' }
  expect((await submit(`${path}/messages`, message)).status).toBe(303)
  await submit(`${path}/messages`, { ...message, direction: 'inbound', body: 'STOP' })
  expect(await body()).toContain('no texts since')
  const refused = await submit(`${path}/messages`, message)
  expect([refused.status, await refused.text()]).toEqual([409, expect.stringContaining('Recipient opted out')])

  await submit(`${path}/notes/${note?.id}`, { body: '', done: 'delete' })
  await submit(`${path}/items/${filled?.items[0]?.id}`, { note: '', done: 'remove' })
  expect(await state('collections')).toMatchObject([{ items: [] }])
  await submit(`${path}/collections/${edge?.id}`, { name: 'Edge', done: 'delete' })
  expect(await state('collections')).toEqual([])
  expect(JSON.stringify(await state('activity'))).not.toContain('silver')
})

it('[CB-07] [CB-10] products are found by their item number, and staff words them anew', async () => {
  const { url, clientbook } = await start()
  const now = new Date().toISOString()
  const { id } = clientbook.products.put({
    id: 'pr_1',
    account_id: clientbook.accounts.all()[0]?.id ?? '',
    seq: 1,
    external_id: 'item-1',
    title: 'Diamond ring',
    description: null,
    sku: '001-150-00004',
    kind: 'stock',
    status: 'archived',
    price: { amount: '1299.00', currency: 'USD' },
    category: 'Rings',
    supplier: null,
    images: [],
    attributes: [{ name: 'Metal', value: 'Platinum' }],
    client_pos_id: null,
    revision: 1,
    created_at: now,
    updated_at: now,
  })
  const list = String((await send(`${url}/clientbook/app/products?search=150-00004`)).body)
  expect(list).toMatch(/Diamond ring[\s\S]*Archived[\s\S]*\$1,299\.00/)
  await submit(`${url}/clientbook/app/products/${id}`, { title: 'A timeless ring', description: '' })
  expect((await send(`${url}/clientbook/app/products/${id}`)).body).toMatch(/A timeless ring[\s\S]*Platinum/)
})
