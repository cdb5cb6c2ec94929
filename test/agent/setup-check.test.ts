/** What is still wrong with a box: each item is told where it is so, and not where it is not. */
import t from 'tap'
import { isRefused, parseConfig } from '#agent/policy/config.ts'
import { normalise } from '#agent/policy/normalise.ts'
import { checkSetup, type SetupFacts } from '#agent/setup/setup-check.ts'
import { fitSetup, SETUP_ITEMS_MAX, SETUP_TEXT_MAX, type SetupItem } from '#domain/setup-item.ts'

function configOf(config: object): SetupFacts['config'] {
  const text = JSON.stringify(config)
  const parsed = parseConfig(text, 'edge.yaml')
  if (isRefused(parsed)) throw new Error(parsed.detail)
  return normalise(parsed, {
    file: { path: '/etc/edge.yaml', text },
    resolvConf: '',
    localAddresses: [],
  })
}

const GOOD = {
  networks: [{ cidr: '10.20.0.0/16', group: 'ks3' }],
  upstreams: [{ address: '192.0.2.53' }],
  identity: { radius: { clients: [{ from: '10.20.0.1', 'secret-file': 'secret' }] } },
  lists: [{ id: 'one', path: 'one.txt', format: 'domains', category: 'media.games', licence: 'x' }],
  selftest: { 'leak-resolvers': [{ address: '192.0.2.99' }] },
}

const good: SetupFacts = {
  config: configOf(GOOD),
  refused: [],
  listeners: [
    { transport: 'udp', address: '0.0.0.0', port: 53 },
    { transport: 'tcp', address: '0.0.0.0', port: 53 },
  ],
  hiddenSchool: undefined,
  capture: { state: 'on', detail: 'eth0' },
  shippingFault: undefined,
  link: { state: 'up', detail: '' },
  listFaults: [],
  themesWithoutList: [],
  locked: { kind: 'in-force', publisher: 'op', serial: 1, madeAt: Date.now(), names: {} },
  selftestFailures: 0,
  wallMs: Date.now(),
}

const open = (facts: SetupFacts): readonly SetupItem[] =>
  checkSetup(facts).filter(({ state }) => state !== 'done')

t.test('a box that is set up has nothing to do', async (t) => {
  t.strictSame(open(good), [])
  t.equal(checkSetup(good).length, 13)
})

const without = (key: keyof typeof GOOD): Partial<SetupFacts> => {
  const { [key]: _, ...rest } = GOOD
  return { config: configOf(rest) }
}

const CASES: readonly (readonly [change: Partial<SetupFacts>, expected: Partial<SetupItem>])[] = [
  [
    { refused: ['x'] },
    { item: 'configuration', state: 'wrong', remedy: 'run supercloud-edge check /etc/edge.yaml' },
  ],
  [{ config: { ...good.config, file: undefined } }, { item: 'configuration', state: 'to-do' }],
  [without('networks'), { item: 'networks', state: 'to-do' }],
  [
    { listeners: [{ transport: 'udp', address: '127.0.0.1', port: 53 }] },
    { item: 'listening', state: 'wrong' },
  ],
  [
    { listeners: [{ transport: 'udp', address: '10.20.0.2', port: 5300 }] },
    { item: 'listening', state: 'wrong' },
  ],
  [
    { listeners: [{ transport: 'tcp', address: '10.20.0.2', port: 53 }] },
    { item: 'listening', state: 'wrong' },
  ],
  [without('upstreams'), { item: 'upstreams', state: 'wrong' }],
  [{ link: { state: 'down', detail: 'no carrier' } }, { item: 'upstreams', state: 'wrong' }],
  [
    { hiddenSchool: { address: '10.20.0.10', by: 'share', share: 0.9, since: 0 } },
    { item: 'clients', state: 'wrong' },
  ],
  [without('identity'), { item: 'identity', state: 'to-do' }],
  [{ capture: { state: 'off', detail: 'no interfaces' } }, { item: 'capture', state: 'to-do' }],
  [{ shippingFault: 'refused' }, { item: 'collector', state: 'wrong' }],
  [{ wallMs: 0 }, { item: 'clock', state: 'wrong' }],
  [{ listFaults: ['list one is stale'] }, { item: 'lists', state: 'wrong' }],
  [without('lists'), { item: 'lists', state: 'to-do' }],
  [{ themesWithoutList: ['Suicide'] }, { item: 'themes', state: 'to-do' }],
  [{ locked: { kind: 'none' } }, { item: 'illegal content', state: 'wrong' }],
  [{ selftestFailures: 2 }, { item: 'self-test', state: 'wrong' }],
  [{ selftestFailures: undefined }, { item: 'self-test', state: 'to-do' }],
  [without('selftest'), { item: 'leak test', state: 'to-do' }],
]

t.test('each thing that is missing or wrong is told alone, with its remedy', async (t) => {
  for (const [change, expected] of CASES) {
    const items = open({ ...good, ...change })
    t.match(items, [expected], JSON.stringify(expected))
    t.equal(items.length, 1)
    t.ok(items[0]?.remedy, `${expected.item} has a remedy`)
  }
})

t.test(
  'what is too long for a report is cut, so that the report is not refused for it',
  async (t) => {
    const long = {
      item: 'lists',
      state: 'wrong',
      say: 'x'.repeat(9_000),
      remedy: 'y'.repeat(9_000),
    } as const
    const told = fitSetup(Array.from({ length: 900 }, () => long))
    t.equal(told.length, SETUP_ITEMS_MAX)
    t.match(told[0], { say: 'x'.repeat(SETUP_TEXT_MAX), remedy: 'y'.repeat(SETUP_TEXT_MAX) })
    t.equal(told[0]?.remedy.length, SETUP_TEXT_MAX)
  },
)
