import { defineConfig } from 'oxlint'

/** Who may import whom: the left may import the right, anything else is a lint error. */
const mayImport: Record<string, readonly string[]> = {
  rules: [],
  domain: ['rules'],
  wire: ['rules', 'domain'],
  platform: ['domain'],
  safeguarding: ['rules', 'domain'],
  agent: ['rules', 'domain', 'wire', 'platform', 'safeguarding'],
  capture: ['domain', 'wire', 'platform'],
  console: ['domain'],
  collector: ['rules', 'domain', 'platform', 'safeguarding', 'console'],
  cli: [
    'rules',
    'domain',
    'wire',
    'platform',
    'safeguarding',
    'agent',
    'capture',
    'console',
    'collector',
  ],
}
const layers = Object.keys(mayImport)
const folderOf = (layer: string) => (layer === 'rules' ? 'native-free-rules' : `src/${layer}`)
const lastPart = (layer: string) => folderOf(layer).split('/').at(-1)

/** Node's builtins stay at the edge: these folders are the edge. */
const nodeFolders = [
  'src/platform/**',
  'src/agent/listen/**',
  'src/agent/cache-file/**',
  'src/agent/upstream/**',
  'src/agent/recursor/**',
  'src/agent/capture/**',
  'src/agent/identity/vendor-names.ts',
  'src/agent/link/**',
  'src/agent/outbox/**',
  'src/agent/queries/**',
  'src/agent/signals/signal-worker.ts',
  'src/agent/policy/**',
  'src/agent/rules/**',
  'src/agent/fastpath/**',
  'src/agent/locked/**',
  'src/agent/identity/feeds/**',
  'src/agent/supply/**',
  'src/agent/control/**',
  'src/agent/block-page/**',
  'src/agent/selftest/**',
  'src/agent/proof/**',
  'src/agent/main.ts',
  'src/agent/watch-network.ts',
  'src/agent/start-policy.ts',
  'src/agent/agent-base.ts',
  'src/collector/**',
  'src/console/**',
  'src/capture/**',
  'src/cli/**',
]

const forbiddenFrom = (layer: string) =>
  layers
    .filter((other) => other !== layer && !mayImport[layer]?.includes(other))
    .map((other) => ({
      group: [`#${other}/**`, `**/../${lastPart(other)}/**`],
      message: `${layer} must not import ${other}`,
    }))

const noNode = {
  group: ['node:*'],
  message: 'node: builtins only in platform and the listed network folders',
}
const isNodeFolder = (layer: string) => nodeFolders.includes(`${folderOf(layer)}/**`)

export default defineConfig({
  plugins: ['typescript', 'import', 'node', 'unicorn', 'promise', 'oxc'],
  options: { typeAware: true },
  categories: { correctness: 'error', suspicious: 'error' },
  rules: {
    'import/no-cycle': 'error',
    'import/no-default-export': 'error',
    'import/no-named-as-default-member': 'off',
    'import/no-unassigned-import': 'off',
    // Of browsers' windows; ours are worker threads.
    'unicorn/require-post-message-target-origin': 'off',
    'promise/always-return': 'off',
    'typescript/no-floating-promises': ['error', { ignoreVoid: false }],
    'typescript/no-misused-promises': 'error',
    'typescript/switch-exhaustiveness-check': 'error',
    'typescript/no-explicit-any': 'error',
    'typescript/only-throw-error': 'error',
    'typescript/consistent-type-imports': 'error',
    'typescript/no-deprecated': 'error',
    'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
    'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
    'oxc/no-barrel-file': 'error',
    'no-restricted-properties': [
      'error',
      { object: 'Date', property: 'now', message: 'time comes from platform/clock.ts' },
      { object: 'Math', property: 'random', message: 'randomness comes from platform' },
      { object: 'process', property: 'env', message: 'the environment is read in platform' },
    ],
  },
  overrides: [
    ...layers.map((layer) => ({
      files: [`${folderOf(layer)}/**/*.ts`],
      rules: {
        'no-restricted-imports': [
          'error',
          { patterns: [...forbiddenFrom(layer), ...(isNodeFolder(layer) ? [] : [noNode])] },
        ] as const,
      },
    })),
    {
      files: nodeFolders
        .filter((f) => f.startsWith('src/agent/'))
        .map((f) => (f.endsWith('.ts') ? f : `${f}/*.ts`)),
      rules: {
        'no-restricted-imports': ['error', { patterns: forbiddenFrom('agent') }] as const,
      },
    },
    { files: ['src/platform/**'], rules: { 'no-restricted-properties': 'off' } },
    {
      files: ['test/**'],
      rules: {
        'typescript/no-floating-promises': 'off',
        'no-shadow': 'off',
        'max-lines': 'off',
        'max-lines-per-function': 'off',
        'no-restricted-properties': 'off',
        'unicorn/consistent-function-scoping': 'off',
        'typescript/require-array-sort-compare': 'off',
        'typescript/no-unsafe-type-assertion': 'off',
        'typescript/no-misused-spread': 'off',
      },
    },
    { files: ['src/cli/*.mjs'], rules: { 'no-restricted-properties': 'off' } },
  ],
})
