import type { SheetKind } from './sheets.ts'

/**
 * Who wins where both sides have changed the same since they last agreed, and where the other's value is kept: one table for all that
 * goes both ways. The Edge wins wherever only one can (guarantee 3). The page docs/conflicts.md is printed from it.
 */
export interface ConflictRule {
  readonly of: SheetKind | 'contact'
  readonly field: string
  /** As a shop owner calls it. */
  readonly title: string
  readonly wins: 'edge' | 'both' | 'optOut'
  readonly kept: LoserKept | 'platform' | 'nothing'
  /** A sentence for a shop owner. */
  readonly means: string
  /** What else one would ask. */
  readonly notes: readonly string[]
}

/** Where a value of the platform that did not win is kept: in the list of conflicts, for a person; or as a note of its own in The Edge. */
export type LoserKept = 'conflict' | 'newNote'

export const conflictRules: readonly ConflictRule[] = [
  {
    of: 'note',
    field: 'text',
    title: 'Text of a note',
    wins: 'edge',
    kept: 'newNote',
    means:
      'The text of The Edge stands on both sides; the text from the platform becomes a new note in The Edge that says where it comes from.',
    notes: [
      'A note that is locked in The Edge does not change. What staff write over it on the platform becomes a new note in The Edge; the old entry shows the text of The Edge again.',
      'A note that staff delete on the platform stays in The Edge. It appears on the platform again only when its text changes in The Edge.',
    ],
  },
  {
    of: 'wish',
    field: 'present',
    title: 'Whether a wish is on the list',
    wins: 'edge',
    kept: 'conflict',
    means: 'A wish that either side takes off the list is off the list on both. The Edge keeps it as a removed wish.',
    notes: [
      'A wish that is taken off on one side while it is changed on the other is off the list; the change stands in the removed wish in The Edge.',
      'A wish that a sale fulfills leaves the collection, whatever staff do to it meanwhile.',
      'When staff rename or delete the collection “Edge”, no wish in The Edge is touched. A renamed one keeps its entries, which are synchronized no more. The next wish that is made or changed there makes the collection anew, with all wishes that are on the list.',
    ],
  },
  {
    of: 'wish',
    field: 'item',
    title: 'Item of a wish',
    wins: 'edge',
    kept: 'conflict',
    means: 'The item that The Edge names stands on both sides; the other is kept in the list of conflicts.',
    notes: [],
  },
  {
    of: 'wish',
    field: 'description',
    title: 'Description of a wish',
    wins: 'edge',
    kept: 'conflict',
    means: 'The words of The Edge stand on both sides; the others are kept in the list of conflicts.',
    notes: [],
  },
  {
    of: 'customFields',
    field: '*',
    title: 'A custom field and its preference',
    wins: 'edge',
    kept: 'conflict',
    means: 'The value of The Edge stands on both sides; the other is kept in the list of conflicts.',
    notes: [
      'Each field is for itself: where one side changed one and the other side another, both changes stand.',
      'The same holds when a field is mapped for the first time: what only one side has goes to the other; where both have a value, that of The Edge stands.',
      'A value that does not fit the other side (a word in a number, say) stays where it is and is shown as set aside, until it is mended where it was entered, or another one is entered in The Edge.',
      'What staff enter on the platform while the value of The Edge does not fit stays there, is kept in the list of conflicts, and gives way once the value of The Edge is mended: it stands in The Edge, and only people there change it.',
    ],
  },
  {
    of: 'contact',
    field: 'name',
    title: 'Name of a customer',
    wins: 'edge',
    kept: 'platform',
    means:
      'A name never comes down. One that staff change on the platform stays there until the name changes in The Edge, and then gives way.',
    notes: [],
  },
  {
    of: 'contact',
    field: 'methods',
    title: 'Phones, e-mails and addresses',
    wins: 'both',
    kept: 'nothing',
    means:
      'Nothing is lost: what staff enter on the platform is added to the customer in The Edge, and what changes in The Edge overwrites what the platform shows.',
    notes: [],
  },
  {
    of: 'contact',
    field: 'acquisition',
    title: 'Acquisition (the first why-in)',
    wins: 'edge',
    kept: 'platform',
    means:
      'It goes up from The Edge. It comes down only with a customer who is new to The Edge, and never changes the one that The Edge has.',
    notes: [],
  },
  {
    of: 'contact',
    field: 'optOut',
    title: 'Do not contact',
    wins: 'optOut',
    kept: 'nothing',
    means: 'Whoever says “do not contact” wins, on either side, and no synchronization undoes it.',
    notes: [],
  },
]

/** Where a value of the platform is kept that did not win. */
export function keptAt(kind: SheetKind, field: string): LoserKept {
  const rule = conflictRules.find((each) => each.of === kind && (each.field === field || each.field === '*'))
  return rule?.kept === 'newNote' ? 'newNote' : 'conflict'
}
