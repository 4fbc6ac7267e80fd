/** The documented tables, with the columns that the default mapping names and some that must stay in the store. */
export function tablesOf({ time, flag }: { readonly time: string; readonly flag: string }): string[] {
  const stamp = (prefix: string) => `${prefix}UpdateSeq INTEGER, ${prefix}UpdateDate ${time}`
  const texts = (...names: string[]) => names.map((name) => `${name} VARCHAR(255)`).join(', ')
  const prices = (...names: string[]) => names.map((name) => `${name} DECIMAL(12,2)`).join(', ')
  const customFields = [1, 2, 3, 4, 5, 6, 7, 8].map((number) => `CustomerKey${number}`)
  return [
    `CREATE TABLE WhyIn (${texts('WhyInKey', 'WhyInDesc')}, ${stamp('WhyIn')})`,
    `CREATE TABLE Associate (AssociateKey INTEGER, ${texts('AssociateFirstName', 'AssociateLastName')})`,
    `CREATE TABLE Customer (CustomerKey VARCHAR(20) PRIMARY KEY, ${texts('CustomerTitle', 'CustomerFirstName', 'CustomerMiddleName', 'CustomerLastName', 'CustomerSuffix', 'CustomerCompany', 'CustomerPrefMail', 'CustomerPrefPhone', 'CustomerPrefEMail', 'CustomerAcquisition', 'CustomerAccountKey', 'CustomerOldCustKey', 'CustomerSSNO', ...customFields)},
      CustomerInactive ${flag}, CustomerDateEntered ${time}, ${stamp('Customer')})`,
    `CREATE TABLE CustomerTransfer (${texts('WebTransferEdgeID', 'WebTransferWebID')}, WebTransferRequiresWebUpload ${flag})`,
    `CREATE TABLE Phone (PhoneNo INTEGER, PhoneDoNotContact ${flag}, ${texts('PhoneCustKey', 'PhoneType', 'PhonePhone', 'PhonePhoneExt', 'PhoneCustAccountKey')})`,
    `CREATE TABLE Email (EmailNo INTEGER, EmailSendPromo ${flag}, ${texts('EmailCustKey', 'EmailType', 'EmailEmail', 'EmailCustAccountKey')})`,
    `CREATE TABLE Address (AddressNo INTEGER, ${texts('AddressCustKey', 'AddressType', 'AddressCompany', 'AddressStreet', 'AddressStreet2', 'AddressCity', 'AddressState', 'AddressZip', 'AddressCountry', 'AddressCustAccountKey')})`,
    `CREATE TABLE Job (${texts('JobKey', 'JobCustKey', 'JobType', 'JobStatus', 'JobSummary', 'JobDesc', 'JobItemKey')}, ${prices('JobPrice')},
      JobDateEntered ${time}, JobDatePromised ${time}, JobDateDone ${time}, JobDatePickedUp ${time}, JobAsKey INTEGER, ${stamp('Job')})`,
    `CREATE TABLE Sale (${texts('SaleKey')}, SaleDate ${time}, SaleAsKey INTEGER, ${stamp('Sale')})`,
    `CREATE TABLE Saleline (${texts('SalelineSaleKey', 'SalelineCustKey', 'SalelineDesc', 'SalelineItemKey', 'SalelineInstanceOf', 'SalelineItemType', 'SalelineEnvKey')},
      SalelineLineNo INTEGER, ${prices('SalelineAmount', 'SalelineCost')}, ${stamp('Saleline')})`,
    `CREATE TABLE Envelope (${texts('EnvKey', 'EnvType')})`,
    `CREATE TABLE Appointment (AppointmentKey VARCHAR(20) PRIMARY KEY, ${texts('AppointmentCustKey', 'AppointmentSubject', 'AppointmentNotes', 'AppointmentStatus')},
      AppointmentStart ${time}, AppointmentMinutes INTEGER, AppointmentDateEntered ${time}, AppointmentAsKey INTEGER, ${stamp('Appointment')})`,
    `CREATE TABLE Notification (NotificationKey VARCHAR(20) PRIMARY KEY, ${texts('NotificationType', 'NotificationCustKey', 'NotificationPhone', 'NotificationMessage', 'NotificationStatus', 'NotificationStatusDetail')},
      NotificationDateEntered ${time}, NotificationStatusDate ${time}, ${stamp('Notification')})`,
    `CREATE TABLE Wishlist (WishlistKey VARCHAR(60) PRIMARY KEY, ${texts('WishlistCustKey', 'WishlistCustAccountKey', 'WishlistItemKey', 'WishlistFinalItkey', 'WishlistItemDesc', 'WishlistEventDesc')},
      WishlistItemDescMemo TEXT, WishlistAssociate INTEGER, WishlistDateEntered ${time}, WishlistDateBought ${time}, WishlistDateRemoved ${time},
      WishlistEventDate ${time}, WishlistUpdateUser VARCHAR(255), ${stamp('Wishlist')})`,
    `CREATE TABLE Notes (NotesKey VARCHAR(60) PRIMARY KEY, NotesCustKey VARCHAR(20), NotesDate ${time}, NotesText TEXT, NotesLocked ${flag},
      NotesAsKey INTEGER, NotesUpdateUser VARCHAR(255), ${stamp('Notes')})`,
    `CREATE TABLE Activity (ActivityKey VARCHAR(60) PRIMARY KEY, ${texts('ActivityCustKey', 'ActivityType', 'ActivityDesc')}, ActivityDetail TEXT,
      ActivityDate ${time}, ActivityAsKey INTEGER, ActivityUpdateUser VARCHAR(255), ${stamp('Activity')})`,
  ]
}
