import { stamps, table } from './table.ts'

/** EDT: the flat fields of a customer, in EDT's order. */
export const Customer = table({
  name: 'Customer',
  key: ['CustomerKey'],
  stamp: { seq: 'CustomerUpdateSeq', date: 'CustomerUpdateDate' },
  indexes: [['CustomerStoreId', 'Customerid'], ['CustomerAccountKey']],
  columns: {
    CustomerStoreId: 'integer',
    Customerid: 'integer',
    CustomerKey: 'text',
    CustomerTitle: 'text',
    CustomerFirstName: 'text',
    CustomerMiddleName: 'text',
    CustomerLastName: 'text',
    CustomerSuffix: 'text',
    CustomerGender: 'text',
    CustomerBirthDate: 'time',
    CustomerSpouseBirthDate: 'time',
    CustomerWeddingAnniv: 'time',
    CustomerDateEntered: 'time',
    CustomerImage: 'text',
    CustomerAcquisition: 'text',
    CustomerPrefMail: 'text',
    CustomerPrefPhone: 'text',
    CustomerPrefEMail: 'text',
    CustomerSSNO: 'text',
    CustomerNotes: 'memo',
    CustomerNotes255: 'text',
    CustomerType: 'text',
    CustomerIsCompany: 'flag',
    CustomerCompany: 'text',
    CustomerKey1: 'text',
    CustomerKey2: 'text',
    CustomerKey3: 'text',
    CustomerKey4: 'text',
    CustomerKey5: 'text',
    CustomerKey6: 'text',
    CustomerKey7: 'text',
    CustomerKey8: 'text',
    ...stamps('Customer'),
    CustomerInactive: 'flag',
    CustomerWholesale: 'flag',
    CustomerDiscount: 'number',
    CustomerMinMarkup: 'number',
    CustomerQuickbooks: 'text',
    CustomerYnStoreCredit: 'flag',
    CustomerCreditLimit: 'money',
    CustomerTerms: 'text',
    CustomerNoStatements: 'flag',
    CustomerTaxExempt: 'flag',
    CustomerDateVerified: 'time',
    CustomerCoupleName: 'text',
    CustomerMarried: 'flag',
    CustomerSpouseKey: 'text',
    CustomerInterestRate: 'number',
    CustomerSwapped: 'flag',
    CustomerOldCustKey: 'text',
    CustomerAsKey: 'integer',
    CustomerReferredBy: 'text',
    CustomerLicenseNo: 'text',
    CustomerMinPayment: 'money',
    CustomerTaxId: 'text',
    CustomerAccountKey: 'text',
  },
})

/** The children's `…No` is their place in the customer's list; their type is their Key in EDT. */
export const Address = table({
  name: 'Address',
  key: ['AddressCustKey', 'AddressNo'],
  notInEdt: ['AddressNo'],
  columns: {
    AddressCustKey: 'text',
    AddressNo: 'integer',
    AddressType: 'text',
    AddressCompany: 'text',
    AddressStreet: 'text',
    AddressStreet2: 'text',
    AddressCity: 'text',
    AddressState: 'text',
    AddressZip: 'text',
    AddressCountry: 'text',
    AddressCustAccountKey: 'text',
  },
})

export const Email = table({
  name: 'Email',
  key: ['EmailCustKey', 'EmailNo'],
  notInEdt: ['EmailNo'],
  columns: {
    EmailCustKey: 'text',
    EmailNo: 'integer',
    EmailType: 'text',
    EmailEmail: 'text',
    EmailSendPromo: 'flag',
    EmailCustAccountKey: 'text',
  },
})

export const Phone = table({
  name: 'Phone',
  key: ['PhoneCustKey', 'PhoneNo'],
  notInEdt: ['PhoneNo'],
  columns: {
    PhoneCustKey: 'text',
    PhoneNo: 'integer',
    PhoneType: 'text',
    PhonePhone: 'text',
    PhoneDoNotContact: 'flag',
    PhonePhoneExt: 'text',
    PhoneCustAccountKey: 'text',
  },
})

/** What a partner's system knows of a customer; one row a customer. */
export const CustomerTransfer = table({
  name: 'CustomerTransfer',
  key: ['WebTransferEdgeID'],
  indexes: [['WebTransferWebID']],
  columns: {
    WebTransferKey: 'text',
    WebTransferEdgeID: 'text',
    WebTransferWebID: 'text',
    WebTransferLastModified: 'time',
    WebTransferRequiresWebUpload: 'flag',
    WebTransferRequiresEdgeAttention: 'flag',
    WebTransferType: 'integer',
    WebTransferLinkedWebID: 'text',
    WebTransferVendorID: 'integer',
  },
})

/** Look-up of acquisitions: the opaque key in CustomerAcquisition, and what it says. */
export const WhyIn = table({
  name: 'WhyIn',
  key: ['WhyInKey'],
  stamp: { seq: 'WhyInUpdateSeq', date: 'WhyInUpdateDate' },
  columns: { WhyInKey: 'text', WhyInDesc: 'text', WhyInInactive: 'flag', ...stamps('WhyIn') },
})

/** What the store calls the eight custom fields of its customers, CustomerKey1 … 8. */
export const OtherKey = table({
  name: 'OtherKey',
  key: ['OtherKeyNo'],
  stamp: { seq: 'OtherKeyUpdateSeq', date: 'OtherKeyUpdateDate' },
  columns: { OtherKeyNo: 'integer', OtherKeyName: 'text', ...stamps('OtherKey') },
})

export const Associate = table({
  name: 'Associate',
  key: ['AssociateKey'],
  stamp: { seq: 'AssociateUpdateSeq', date: 'AssociateUpdateDate' },
  columns: {
    AssociateKey: 'integer',
    AssociateFirstName: 'text',
    AssociateLastName: 'text',
    AssociateInactive: 'flag',
    ...stamps('Associate'),
  },
})
