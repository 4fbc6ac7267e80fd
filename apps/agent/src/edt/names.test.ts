import { expect, test } from 'vitest'
import { exportOrder, readExportName } from './names.ts'

test.each([
  ['2022-03-03-11-21-13-CustomerList.JSON', { stamp: '2022-03-03-11-21-13', part: 0, full: false }],
  ['2022-03-03-11-21-13-FULL-customerlist.json', { stamp: '2022-03-03-11-21-13', part: 0, full: true }],
  ['2022-03-03-11-21-13CustomerList.2.json', { stamp: '2022-03-03-11-21-13', part: 0, full: false }],
  ['2-2022-03-03-12-00-CustomerList.json', { stamp: '2022-03-03-12-00', part: 2, full: false }],
  ['CustomerList.json', { stamp: undefined, part: 0, full: false }],
  ['2022-03-03-11-21-13-ItemList.json', null],
  ['2022-03-03-11-21-13-CustomerList.json.tmp', null],
])('reads %s', (fileName, name) => {
  expect(readExportName(fileName)).toEqual(name)
})

test('files are in order of their stamp, then their part, then their arrival', () => {
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
    order('CustomerList.json', late),
  ]
  expect(orders.toSorted()).toEqual(orders)
})
