import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { isRefused, parseConfig } from '#agent/policy/config.ts'
import { makeGuide } from '#console/guide.ts'
import { csvText } from '#console/present/csv-text.ts'
import { deviceAdvice, mayBeNamed } from '#console/present/device-advice.ts'
import { BANDS } from '#console/present/device-words.ts'
import { guideHtml } from '#console/present/guide-html.ts'
import { networkAdvice } from '#console/present/network-advice.ts'
import { networkView } from '#console/present/network-view.ts'
import { makePlainTime } from '#console/present/plain-time.ts'
import { type DeviceRow, OTHER_NETWORK } from '#domain/device-report.ts'
import { CONFIDENCE_BANDS, IDENTITY_SOURCES, type IdentitySource } from '#domain/identity.ts'
import { device, known, NO_COUNTS, network, networksTold } from '../support/device-rows.ts'

const GUIDE = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'identity.md'), 'utf8')

t.test('advice for a device follows from what is not known of it', async (t) => {
  const titles = (change: object, ...sources: readonly IdentitySource[]) =>
    deviceAdvice(device(1, change), sources).map(({ title }) => title)
  const best = {
    name: known('trolley-7', 92, 'owners'),
    user: known('h.teacher', 95, 'radius'),
    group: known('staff', 95, 'owners'),
  } as const
  t.same(titles(best), [])
  const bare = (field: 'mac' | 'user' | 'name', ...sources: readonly IdentitySource[]) => {
    const whole: Record<string, unknown> = { ...device(1, best) }
    delete whole[field]
    return deviceAdvice(whole as unknown as DeviceRow, sources).map(({ title }) => title)
  }
  t.same(bare('mac'), ['Let the box see the device, not only its address'])
  t.same(bare('user'), ['Set up RADIUS accounting'])
  t.same(bare('user', 'radius'), ['See why no logon names this device'])
  t.same(bare('name'), ['Give it a name'])
  t.same(titles({ ...best, isRandomMac: true }), [
    'Turn off the made-up address for the school’s network',
  ])
  t.same(titles({ ...best, group: known('ks3', 100, 'network') }), ['Give it a group of its own'])
  const weak = { ...best, name: known('x', 50), user: known('y', 50) }
  t.same(titles(weak), ['Name its owner'])
  t.same(
    titles({ ...weak, isRandomMac: true }).includes('Name its owner'),
    false,
    'no list can name it',
  )
  t.notOk(mayBeNamed(device(1, { user: known('y', CONFIDENCE_BANDS.strong - 1) })))
  t.ok(mayBeNamed(device(1, { user: known('y', CONFIDENCE_BANDS.strong) })))
  t.notOk(mayBeNamed(device(1, { name: known('a name is no person', 100) })))
})

t.test('advice for a network follows from what is set up', async (t) => {
  const poor = network({ addresses: { ...NO_COUNTS, none: 3, strong: 2 } })
  const anchors = (facts: typeof poor, ...sources: readonly IdentitySource[]) =>
    networkAdvice(facts, sources).map(({ anchor }) => anchor)
  t.same(anchors(network({ addresses: { ...NO_COUNTS, strong: 3, none: 3 } })), [])
  t.same(anchors(network({ addresses: NO_COUNTS })), [], 'nobody is there')
  t.same(anchors(poor), ['radius-accounting', 'dhcp-leases', 'owners-of-devices'])
  t.same(anchors(poor, 'radius'), ['dhcp-leases', 'owners-of-devices'])
  t.same(anchors(poor, 'radius', 'lease', 'owners'), ['when-a-source-tells-nothing'])
  const hiddenSchool = { by: 'share', address: '192.0.2.1', share: 0.9, since: 0 } as const
  t.same(anchors(network({ hiddenSchool })), ['the-hidden-school'])
  t.same(anchors(network({ network: OTHER_NETWORK })), ['where-the-box-stands'])
})

t.test('shares are whole numbers that do not lie at the ends', async (t) => {
  const time = makePlainTime('Europe/London')
  const wording = {
    time,
    nowMs: 0,
    boxName: () => '',
    category: () => ({ title: '', sentence: '' }),
  }
  const view = (addresses: object) =>
    networkView(network({ addresses: { ...NO_COUNTS, ...addresses } }), networksTold(), {
      devices: 1,
      devicesHref: '',
      wording,
    })
  t.match(view({ strong: 1 }).summary, '100% of 1 address that')
  t.match(view({ strong: 999, none: 1 }).summary, '99% of 1,000 addresses')
  t.match(view({ certain: 1, none: 999 }).summary, 'Under 1% of')
  t.match(view({ none: 5 }).summary, '0% of 5 addresses')
  t.match(view({ fair: 5 }).summary, '0% of 5 addresses', 'fair is not identified')
  const bar = view({ certain: 1, fair: 1, none: 1 }).bar
  t.same(
    bar.map(({ band, from, width }) => [band, from, width]),
    [
      ['certain', 0, 33.33],
      ['fair', 33.33, 33.33],
      ['none', 66.67, 33.33],
    ],
  )
  t.same(BANDS, Object.keys(CONFIDENCE_BANDS), 'all bands, best first')
})

t.test('cells of spreadsheets are quoted and inert', async (t) => {
  t.equal(
    csvText([
      ['a', 'b"c'],
      ['=1', ''],
    ]),
    '\uFEFF"a","b""c"\r\n"\'=1",""\r\n',
  )
  for (const start of [
    '=',
    '+',
    '-',
    '@',
    '|',
    '%',
    '\t',
    '\r',
    '\n',
    ' =',
    '\uFEFF=',
    '\uFF1D',
    '\uFF0B',
    '\uFF0D',
    '\uFF20',
  ])
    t.match(csvText([[`${start}1`]]), /^\uFEFF"'/, JSON.stringify(start))
  t.match(csvText([['192.0.2.1']]), '"192.0.2.1"')
})

t.test('the guide has every heading that pages link to, and shows its marks', async (t) => {
  const guide = makeGuide()
  const html = guide.view === 'guide' ? guide.html : ''
  t.match(guide, { guideTitle: 'Who is asking' })
  const ids = new Set([...html.matchAll(/<h\d [^>]*id="([^"]+)"/g)].map(([, id]) => id))
  const views = ['parts/devices-region', 'parts/device-detail', 'parts/networks-region'].map(
    (file) =>
      readFileSync(join(import.meta.dirname, '../../src/console/views', `${file}.njk`), 'utf8'),
  )
  const linked = [...views.join('\n').matchAll(/\/guide#([a-z-]+)/g)].map(([, id]) => id ?? '')
  const poor = network({
    network: OTHER_NETWORK,
    hiddenSchool: { by: 'share', address: '192.0.2.1', share: 1, since: 0 },
    addresses: { ...NO_COUNTS, none: 1 },
  })
  const advised = [networkAdvice(poor, []), networkAdvice(poor, IDENTITY_SOURCES)].flat()
  t.ok(linked.length >= 4 && advised.length >= 6)
  for (const anchor of [...linked, ...advised.map((one) => one.anchor)])
    t.ok(ids.has(anchor), anchor)
  for (const [, anchor] of GUIDE.matchAll(/\]\(#([a-z0-9-]+)\)/g))
    t.ok(ids.has(anchor), `within: ${anchor}`)
  t.notMatch(html, /\*\*|```|\]\(|(?:^|\s)\|/, 'no mark is left over')
})

t.test('marks become HTML, and nothing else does', async (t) => {
  t.equal(
    guideHtml(
      '## A *b* & <c>\n\none `<x>` **two**\nthree [four](#a-b) [five](https://example.org)',
    ),
    '<h2 class="govuk-heading-l" id="a-b--c">A *b* &amp; &lt;c&gt;</h2>\n\n<p class="govuk-body">one <code class="edge-inline">&lt;x&gt;</code> <strong>two</strong> three <a class="govuk-link" href="#a-b">four</a> five</p>',
  )
  t.match(
    guideHtml('- a\n  b\n- c'),
    '<ul class="govuk-list govuk-list--bullet"><li>a b</li><li>c</li></ul>',
  )
  t.match(guideHtml('1. a'), '<ol')
  t.match(guideHtml('```\n<b>\n\n- x\n```\nend'), '<code>&lt;b&gt;\n\n- x</code></pre>\n<p')
  t.match(
    guideHtml('| a | b |\n| --- | --- |\n| 1 | <2> |'),
    'scope="row" role="rowheader">1</th><td class="govuk-table__cell" role="cell" data-head="b"><span>&lt;2&gt;</span></td>',
  )
})

t.test('every piece of configuration in the guide is one that the box takes', async (t) => {
  const blocks = [...GUIDE.matchAll(/```\n((?:identity|zones):\n[\s\S]*?)```/g)].map(
    ([, text]) => text ?? '',
  )
  t.ok(blocks.length >= 7, `${blocks.length} pieces`)
  for (const block of blocks) {
    const outcome = parseConfig(block, 'edge.yaml')
    t.notOk(
      isRefused(outcome),
      `${block}\n${isRefused(outcome) ? JSON.stringify(outcome.problems) : ''}`,
    )
  }
})
