import { Visitor } from '@swc/core/Visitor.js'

// The arrows between folders go one way: apps → workflows, connectors, prisma → sync → contracts. infra and tests,
// which put all of it together, may import anything.
const folders = {
  contracts: '^packages/contracts/',
  sync: '^packages/sync/',
  kit: '^packages/connectors/kit/',
  connectors: '^packages/connectors/',
  prisma: '^prisma/',
  workflows: '^workflows/',
  apps: '^apps/',
}
const ours = '^(packages|prisma|workflows|apps|infra|tests)/'

/** Tests, and what only they use. */
const testCode = '(\\.test\\.ts$|/testing/|/tests/)'

// The visitor that dependency-cruiser walks the code with does not know `using`, and stops at it.
const visitStatement = Visitor.prototype.visitStatement
Visitor.prototype.visitStatement = function (statement) {
  if (statement.type !== 'UsingDeclaration') return visitStatement.call(this, statement)
  this.visitVariableDeclarators(statement.decls)
  return statement
}

/** `from` may import of ours only itself and `allowed`; its tests may bring up what they are held against. */
const only = (name, from, allowed) => ({
  name,
  severity: 'error',
  from: { path: from, pathNot: testCode },
  to: { path: ours, pathNot: [from, ...allowed] },
})

export default {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '^(\\./)?generated/' } },
    only('contracts-import-nothing-of-ours', folders.contracts, []),
    only('sync-imports-contracts', folders.sync, [folders.contracts]),
    {
      name: 'sync-is-pure',
      comment:
        'No input, output, clock or randomness in the core: of other packages it knows two, for phone numbers and countries.',
      severity: 'error',
      from: { path: folders.sync, pathNot: '\\.test\\.ts$' },
      to: { pathNot: [ours, 'node_modules/(libphonenumber-js|i18n-iso-countries)/'] },
    },
    only('kit-imports-sync-and-contracts', folders.kit, [folders.sync, folders.contracts]),
    {
      name: 'a-connector-imports-no-other',
      severity: 'error',
      comment: 'The registry alone knows them all.',
      from: {
        path: '^packages/connectors/([^/]+)/',
        pathNot: [folders.kit, '^packages/connectors/registry/', testCode],
      },
      to: { path: ours, pathNot: ['^packages/connectors/$1/', folders.kit, folders.sync, folders.contracts] },
    },
    only('prisma-imports-sync-and-contracts', folders.prisma, [folders.sync, folders.contracts]),
    only('workflows-import-contracts', folders.workflows, [folders.contracts]),
    {
      name: 'apps-do-not-import-one-another',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: testCode },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'only-tests-import-from-tests-and-infra',
      severity: 'error',
      from: { path: '^apps/', pathNot: testCode },
      to: { path: '^(infra|tests)/' },
    },
    {
      name: 'the-agent-knows-no-cloud',
      severity: 'error',
      from: { path: '^apps/agent/', pathNot: testCode },
      to: { path: ours, pathNot: ['^apps/agent/', folders.sync, folders.contracts] },
    },
    only('the-sandbox-is-the-outside-world', '^apps/sandbox/', []),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(generated|dist|\\.jumpring)/' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    moduleSystems: ['es6', 'cjs'],
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.js', '.json'],
    },
  },
}
