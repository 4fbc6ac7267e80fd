import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readCustomer } from './customer.ts'

const read = (record: unknown) => readCustomer(Buffer.from(JSON.stringify(record)))
const child = (Key: string, PairValue: Record<string, unknown>) => ({ Key, PairValue })

test('reads a customer as EDT exports it, with all its oddities', () => {
  const result = read({
    Key: '001-000652',
    PairValue: {
      CustomerKey: '001-000652',
      CustomerTitle: '',
      CustomerFirstName: ' Nora ',
      CustomerMiddleName: null,
      CustomerLastName: 'Lindqvist',
      CustomerPrefPhone: 'Cell',
      CustomerAcquisition: '190718-093958-01-22-248843',
      CustomerDateEntered: '07/18/2019 09:39:58',
      CustomerInactive: 'False',
      CustomerAccountKey: '1-17',
      CustomerOldCustKey: '',
      SomethingNew: { deep: [1] },
      Phones: [
        child('home', { PhoneType: 'home', PhonePhone: 2035550117, PhoneDoNotContact: 1, PhonePhoneExt: '' }),
        child('home', { PhoneType: 'home', PhonePhone: '2035550118', PhoneDoNotContact: 'N', PhonePhoneExt: '12' }),
        child('Cell', { PhonePhone: '', PhoneDoNotContact: 'N' }),
      ],
      Emails: [child('Work', { EmailEmail: 'Nora@Example.com', EmailSendPromo: 'Y' })],
      Addresses: null,
      CustomerKey1: ' 6 ½ ',
      CustomerKey2: '',
      CustomerKey8: 1985,
      CustomerTransfer: { WebTransferWebID: 4711, WebTransferRequiresWebUpload: 'Y', WebTransferType: 'x' },
    },
  })
  expect(result).toMatchObject({
    key: '001-00652',
    rawKey: '001-000652',
    record: {
      firstName: 'Nora',
      lastName: 'Lindqvist',
      phones: [
        { type: 'home', number: '2035550117', doNotContact: true },
        { type: 'home', number: '2035550118', ext: '12', doNotContact: false },
      ],
      emails: [{ type: 'Work', address: 'Nora@Example.com', sendPromo: true }],
      addresses: [],
      preferredPhone: 'Cell',
      acquisition: '190718-093958-01-22-248843',
      enteredAt: '2019-07-18T09:39:58',
      inactive: false,
      accountKey: '001-00017',
      webId: '4711',
      webUpload: true,
      customFields: { '1': '6 ½', '8': '1985' },
    },
  })
  // The lists keep what The Edge has, word for word, empty entries too: an import may replace the whole list.
  expect(result).toMatchObject({ lists: { Phones: [{ PairValue: { PhonePhone: 2035550117 } }, {}, { Key: 'Cell' }] } })
})

test.each([
  ['no object', 'x', null],
  ['no key', { PairValue: {} }, null],
  ['a key of another form', { Key: 'Nora', PairValue: {} }, null],
  ['no PairValue', { Key: '001-00017' }, '001-00017'],
  ['phones that are no list', { Key: '001-00017', PairValue: { Phones: 'many' } }, '001-00017'],
  ['a name of 600 letters', { Key: '001-00017', PairValue: { CustomerLastName: 'Lindqvist'.repeat(70) } }, '001-00017'],
])('a record with %s is refused, and the reason holds no value of it', (_, record, key) => {
  const result = read(record)
  expect(result).toEqual({ key, message: expect.any(String) })
  expect(JSON.stringify(result)).not.toMatch(/Nora|Lindqvist|many/)
})

test('a record in the code page of Windows is read', () => {
  const bytes = Buffer.from(JSON.stringify({ Key: '001-00017', PairValue: { CustomerLastName: 'Müller' } }), 'latin1')
  expect(readCustomer(bytes)).toMatchObject({ record: { lastName: 'Müller' } })
})

test('any JSON is either read or refused, never a crash', () => {
  const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.object({ maxDepth: 1 }))
  const entry = fc.record({ Key: scalar, PairValue: fc.record({ PhonePhone: scalar, PhoneDoNotContact: scalar }) })
  const record = fc.record({
    Key: fc.oneof(fc.constant('1-17'), scalar),
    PairValue: fc.record({
      CustomerFirstName: scalar,
      CustomerDateEntered: scalar,
      CustomerInactive: scalar,
      Phones: fc.oneof(fc.array(entry), scalar),
      CustomerTransfer: scalar,
    }),
  })
  fc.assert(
    fc.property(record, (input) => {
      const result = read(input)
      expect('record' in result || result.message.length > 0).toBe(true)
    }),
    { numRuns: 500 },
  )
})

test('[AG-04] no field but the named ones leaves the store, whatever The Edge puts into a record', () => {
  const named =
    /^Customer(Key|Title|FirstName|MiddleName|LastName|Suffix|Company|PrefMail|PrefPhone|PrefEMail|Acquisition|Inactive|DateEntered|AccountKey|OldCustKey|Transfer)$/
  const secretFields = [
    'CustomerSSNO',
    'CustomerLicenseNo',
    'CustomerTaxId',
    'CustomerNotes',
    'CustomerBirthDate',
    'ItemCost',
    'Salelinecc1',
  ]
  const field = fc
    .oneof(fc.constantFrom(...secretFields), fc.string({ minLength: 1 }))
    .filter((name) => !named.test(name))
  const secrets = fc.dictionary(
    field.filter((name) => !['Phones', 'Emails', 'Addresses'].includes(name)),
    fc.constantFrom('SECRET', { deep: 'SECRET' }, ['SECRET']),
  )
  fc.assert(
    fc.property(secrets, secrets, (outside, inside) => {
      const phone = { Key: 'Home', PairValue: { ...inside, PhonePhone: '2035550117' } }
      const result = read({ Key: '001-00017', PairValue: { ...outside, Phones: [phone] } })
      expect(result).toMatchObject({ record: { phones: [{ number: '2035550117' }] } })
      expect(JSON.stringify(result)).not.toContain('SECRET')
    }),
  )
})

test('[CO-11] what is wrong with a customer is said with its field, in words', () => {
  const long = { CustomerFirstName: 'N'.repeat(501), Phones: [child('Cell', { PhonePhone: '5'.repeat(502) })] }
  expect(read({ Key: '001-00017', PairValue: long })).toEqual({
    key: '001-00017',
    message:
      'The record cannot be taken: firstName is too long (501 characters, at most 500); phones no. 1: number is too long (502 characters, at most 500).',
  })
  expect(read({ Key: '001-00017', PairValue: { Phones: '2035550117' } })).toMatchObject({
    message: 'The record cannot be taken: Phones is no list.',
  })
})
