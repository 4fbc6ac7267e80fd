import { expect, test } from 'vitest'
import { exportOrder, readExportName } from './names.ts'

test.each([
  ['2022-03-03-11-21-13-CustomerList.JSON', 'CustomerList', { stamp: '2022-03-03-11-21-13', part: 0, full: false }],
  ['2022-03-03-11-21-13-FULL-customerlist.json', 'CustomerList', { stamp: '2022-03-03-11-21-13', part: 0, full: true }],
  ['2022-03-03-11-21-13CustomerList.2.json', 'CustomerList', { stamp: '2022-03-03-11-21-13', part: 0, full: false }],
  ['CustomerList.json', 'CustomerList', { stamp: undefined, part: 0, full: false }],
  ['2022-03-03-11-21-13-FULL-ItemList.json', 'ItemList', { stamp: '2022-03-03-11-21-13', part: 0, full: true }],
  ['2-2022-03-03-12-00-Transaction.json', 'Transaction', { stamp: '2022-03-03-12-00', part: 2, full: false }],
  ['2022-03-03-11-21-13JobList.JSON', 'JobList', { stamp: '2022-03-03-11-21-13', part: 0, full: false }],
  ['2022-03-03-11-21-13-WishList.json', 'WishList', { stamp: '2022-03-03-11-21-13', part: 0, full: false }],
])('reads %s', (fileName, list, name) => {
  expect(readExportName(fileName)).toEqual({ list, ...name })
})

test.each(['2022-03-03-11-21-13-CustomerList.json.tmp', '150-00004.jpg', '17-WebSale.json'])(
  '%s is no export',
  (fileName) => {
    expect(readExportName(fileName)).toBeNull()
  },
)

test('files are in order of their stamp, then their list, their part and their arrival', () => {
  const late = new Date(2022, 2, 3, 11, 21, 14).getTime()
  const order = (fileName: string, arrivedAt: number) => {
    const name = readExportName(fileName)
    return name === null ? '' : exportOrder(name, arrivedAt)
  }
  const orders = [
    order('2022-03-03-11-21-CustomerList.json', late),
    order('1-2022-03-03-11-21-CustomerList.json', late - 1000),
    order('2-2022-03-03-11-21-CustomerList.json', late - 2000),
    order('2022-03-03-11-21-13-CustomerList.json', late - 5000),
    order('2022-03-03-11-21-13-CustomerList.json', late - 4000),
    order('2022-03-03-11-21-13-ItemList.json', late - 9000),
    order('1-2022-03-03-11-21-13-Transaction.json', late - 9000),
    order('2-2022-03-03-11-21-13-Transaction.json', late - 9500),
    order('CustomerList.json', late),
  ]
  expect(orders.toSorted()).toEqual(orders)
})
