import { expect, it } from 'vitest'
import { conflictRules } from './conflicts.ts'

const wins = { edge: 'The Edge', both: 'both stand', optOut: 'the opt-out' }
const kept = {
  conflict: 'in the list of conflicts',
  newNote: 'as a new note in The Edge',
  platform: 'on the platform, until then',
  nothing: 'nothing is lost',
}
const synchronizers = {
  note: 'Two sides of a sheet (`packages/sync/src/two-way.ts`)',
  wish: 'Two sides of a sheet (`packages/sync/src/two-way.ts`)',
  customFields: 'Two sides of a sheet (`packages/sync/src/two-way.ts`)',
  contact: 'Contacts (`packages/sync/src/link.ts`, `consent.ts`)',
}

it('docs/conflicts.md says of every field what the table says (npx vitest -u writes it)', async () => {
  const page = [
    '# When both sides change the same',
    '',
    'Staff may change in The Edge and on the platform whatever goes both ways. Changes of one side go to the other. Where both have changed the',
    'same before either could know, this is what happens.',
    '',
    '| what | who wins | where the other value is kept | decided in |',
    '|---|---|---|---|',
    ...conflictRules.map(
      (rule) => `| ${rule.title} | ${wins[rule.wins]} | ${kept[rule.kept]} | ${synchronizers[rule.of]} |`,
    ),
    '',
    ...conflictRules.flatMap(({ title, means, notes }) => [
      `**${title}.** ${means}`,
      ...notes.map((note) => `- ${note}`),
      '',
    ]),
  ]
  await expect(page.join('\n')).toMatchFileSnapshot('../../../docs/conflicts.md')
})
