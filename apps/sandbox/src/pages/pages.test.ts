import { expect, it } from 'vitest'
import { allContacts, send, startSandbox } from '../testing/kit.ts'

async function submit(url: string, fields: Record<string, string>) {
  return fetch(url, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' })
}

it('staff adds, edits and opts out a contact in Podium by forms', async () => {
  const { url } = await startSandbox()
  const added = await submit(`${url}/podium/app/contacts`, { name: '<Nora>', phone: '(203) 555-0117', email: '' })
  expect(added.status).toBe(303)
  const path = `${url}${added.headers.get('location')}`
  expect((await send(path)).body).toContain('&#60;Nora&#62;')
  await submit(path, { name: 'Nora', phones: '2035550117\r\n2035550118', emails: 'nora@example.com' })
  await submit(`${path}/consent`, { identifier: '+12035550117', out: 'yes' })
  expect(await allContacts(url)).toMatchObject([
    {
      name: 'Nora',
      phoneNumbers: ['+12035550117', '+12035550118'],
      emails: ['nora@example.com'],
      channels: [{ transactionalOptedOutAt: expect.any(String) }, { transactionalOptedOutAt: null }, {}],
    },
  ])
  expect((await send(`${url}/podium/app?search=0118`)).body).toContain('Nora')
  expect((await send(`${url}/podium/app?search=nobody`)).body).not.toContain('Nora')
  const twice = await submit(`${url}/podium/app/contacts`, { name: 'Max', phone: '2035550118', email: '' })
  expect(twice.status).toBe(409)
  await submit(`${path}/delete`, {})
  expect(await allContacts(url)).toEqual([])
})

it("the till's forms change a name, a phone and an e-mail, and add a customer", async () => {
  const { url, store } = await startSandbox({ customers: 40 })
  const nora = `${url}/store/app/customers/001-00017`
  await submit(`${nora}/name`, { first: 'Eleonora', last: 'Lindqvist' })
  await submit(`${nora}/phone`, { type: '', phone: '2035550200' })
  await submit(`${nora}/email`, { type: 'Work', email: 'work@example.com' })
  const customer = store.customers.find('001-00017')
  expect(customer?.fields.CustomerFirstName).toBe('Eleonora')
  expect(customer?.Phones.map(({ PairValue }) => PairValue.PhonePhone)).toEqual(['2035550200'])
  expect(customer?.Emails.map(({ Key }) => Key)).toEqual(['Home', 'Work'])
  const added = await submit(`${url}/store/app/customers`, {
    first: 'Max',
    last: 'Neu',
    phone: '',
    email: 'max@example.com',
  })
  expect(added.headers.get('location')).toBe('/store/app/customers/001-00041')
  expect((await send(`${url}/store/app?search=Eleonora`)).body).toContain('001-00017')
})

it('the index leads to both, and health says ok', async () => {
  const { url } = await startSandbox()
  expect((await send(`${url}/`)).body).toContain('/podium/app')
  expect((await send(`${url}/health`)).body).toEqual({ status: 'ok' })
})
