import type { RowOf } from '../schema/table.ts'
import type { Item, Stone } from '../schema/tables.ts'
import type { Chance } from './chance.ts'

/** Categories by number, as a store sets them up; with the words its tags are made of. */
export const categories = [
  { id: 100, name: 'Engagement rings', department: 'Bridal', words: ['halo', 'solitaire', 'three stone'], price: 4200 },
  { id: 110, name: 'Wedding bands', department: 'Bridal', words: ['plain', 'milgrain', 'channel set'], price: 900 },
  { id: 150, name: "Ladies' rings", department: 'Fashion', words: ['cocktail', 'stacking', 'signet'], price: 1250 },
  { id: 200, name: 'Necklaces', department: 'Fashion', words: ['pendant', 'rivière', 'collar'], price: 1600 },
  { id: 250, name: 'Earrings', department: 'Fashion', words: ['stud', 'hoop', 'drop'], price: 780 },
  { id: 300, name: 'Bracelets', department: 'Fashion', words: ['tennis', 'bangle', 'charm'], price: 1900 },
  { id: 400, name: 'Watches', department: 'Watches', words: ['automatic', 'chronograph', 'quartz'], price: 2400 },
  { id: 900, name: 'Chains and findings', department: 'Bulk', words: ['box chain', 'jump ring', 'clasp'], price: 45 },
] as const
type Category = (typeof categories)[number]

export const vendors = [
  ['STUL', 'Harborline Designs'],
  ['GABR', 'Atelier Núñez'],
  ['ROLW', 'Westfield Watch Co.'],
  ['ESTA', 'Estate purchases'],
  ['MEMO', 'Blue Heron Diamonds'],
] as const

const metals = [
  ['Gold 14K', 'Yellow'],
  ['Gold 18K', 'White'],
  ['Platinum', 'White'],
  ['Silver', 'White'],
  ['Gold 14K', 'Rosé'],
] as const
const stoneTypes = ['Diamond', 'Sapphire', 'Emerald', 'Ruby', 'Pearl', 'Opal']
const shapes = ['Round', 'Oval', 'Cushion', 'Emerald', 'Pear']

/** An item as it arrives from a supplier. Bulk items are many pieces under one number. */
export function newItem(
  chance: Chance,
  category: Category = chance.pick(categories),
): { fields: Partial<RowOf<typeof Item>>; stones: Partial<RowOf<typeof Stone>>[] } {
  const [metal, color] = chance.pick(metals)
  const [vendor] = chance.pick(vendors)
  const stone = chance.pick(stoneTypes)
  const words = chance.pick(category.words)
  const price = Math.max(5, Math.round(category.price * (0.4 + chance.number() * 1.8)))
  const bulk = category.department === 'Bulk'
  const withStone = !bulk && category.id !== 110
  const weight = Math.round((0.2 + chance.number() * 2) * 100) / 100
  const made = metal.startsWith('Gold') ? `${color} ${metal.toLowerCase()}` : metal
  const desc = `${made} ${words}${withStone ? `, ${stone.toLowerCase()} ${weight} ct` : ''}`
  const fields: Partial<RowOf<typeof Item>> = {
    ItemCatId: category.id,
    ItemStyle: words,
    ItemDesc: desc,
    ItemDescMemo: chance.once(8) ? `${desc}. Hand finished; comes with a box and a certificate of authenticity.` : '',
    ItemLocation: chance.pick(['Case 1', 'Case 2', 'Window', 'Safe']),
    ItemVendorId: vendor,
    ItemVendStyleCode: `${vendor}-${1000 + chance.below(9000)}`,
    ItemVendInvoice: `INV-${chance.below(100_000)}`,
    ItemInventoryType: chance.once(9) ? chance.pick(['M', 'C', 'T', 'P', 'A']) : 'S',
    ItemCost: Math.round(price * 0.48),
    ItemMinPrice: Math.round(price * 0.8),
    ItemRetailPrice: price,
    ItemCurrentPrice: chance.once(12) ? Math.round(price * 0.9) + 0.99 : price,
    ItemDetail_1: withStone ? stone : '',
    ItemDetail_2: withStone ? chance.pick(shapes) : '',
    ItemDetail_3: withStone ? String(weight) : '',
    ItemMetalType: metal,
    ItemMetalColor: color,
    ItemMetalFinish: chance.pick(['Polished', 'Satin']),
    ItemMetalWeight: Math.round((1 + chance.number() * 9) * 10) / 10,
    ItemSize: /ring|band/i.test(category.name) ? chance.pick(['5¾', '6½', '7', '8']) : '',
    ItemImage: chance.once(3) ? '' : `${category.id}-${10_000 + chance.below(90_000)}.jpg`,
    ItemSerialNumber: category.id === 400 ? `W${100_000 + chance.below(900_000)}` : '',
    Quantity: bulk ? 100_000 : 1,
    CategoryName: category.name,
    CategoryCategoryType: bulk ? 'Bulk' : 'Inventory',
    CategoryGender: category.id === 150 ? 'F' : 'U',
    CategoryGenDesc: category.name,
    CategoryDepartment: category.department,
  }
  const one = { StoneType: stone, StoneShape: chance.pick(shapes), StoneCount: 1, StoneWeight: weight }
  const quality = { StoneColor: chance.pick(['D', 'F', 'G', 'H']), StoneClarity: chance.pick(['VS1', 'SI1', 'VVS2']) }
  return { fields, stones: withStone ? [{ ...one, ...quality, StoneCost: Math.round(price * 0.3) }] : [] }
}

export const services = [
  ['Watch battery', 18],
  ['Ring cleaning', 15],
  ['Engraving', 45],
  ['Rhodium plating', 65],
  ['Gift wrapping', 5],
  ['Ear piercing', 40],
] as const

export const repairs = [
  ['Size ring down to 6½', 85],
  ['Retip four prongs', 140],
  ['Solder chain', 45],
  ['Replace watch crystal', 120],
  ['Restring pearls', 95],
  ['Tighten stones, check and clean', 0],
] as const

export const customWork = ['Redesign of a family ring', 'Pendant after a drawing', 'Wedding band to match'] as const
export const orders = [
  'Platinum solitaire 1.2 ct',
  "Men's band size 12",
  'Rosé gold hoops 30 mm',
  'Sapphire halo',
] as const
export const subjects = [
  'Ring consultation',
  'Bridal appointment',
  'Appraisal',
  'Watch pick-up',
  'Custom design',
] as const
export const notes = [
  'Asked for a gift idea.',
  'Prefers to be called after five.',
  'Anniversary coming up: send ideas.',
]

/** What the store calls its custom fields. */
export const otherKeys = [
  'Metal',
  'Ring size',
  'Anniversary',
  'Newsletter',
  'Budget',
  'Bracelet length',
  'Gift ideas',
  'Watch brand',
] as const
/** Values of the first five. */
export const otherValues = [
  ['White gold', 'Platinum', 'Rosé gold', ''],
  ['5¾', '6½', '7', ''],
  ['2015-06-20', '1998-09-12', ''],
  ['yes', 'no', ''],
  ['500', '2500', ''],
] as const

/** Why-ins, with keys in EDT's opaque form. */
export const whyIns = ['Walk-in', 'Referral', 'Web site', 'Bridal show', 'Radio', 'Billboard', 'Repeat customer'].map(
  (label, index) => [`190718-093958-01-22-${248843 + index}`, label] as const,
)
export const associates = [
  [1, 'Harriet', 'Vale'],
  [2, 'Tomás', 'Reyes'],
  [3, 'Ingrid', 'Solheim'],
  [4, 'Priya', 'Nair'],
  [5, 'Owen', 'Pryce'],
  [6, 'Lucía', 'Marín'],
  [7, 'Amadou', 'Diallo'],
  [8, 'Greta', 'Falk'],
  [9, 'Ruth', 'Abrams'],
] as const
