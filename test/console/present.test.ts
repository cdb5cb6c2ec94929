import t from 'tap'
import { loadAssets } from '#console/assets.ts'
import { timelineOf } from '#console/present/alert-timeline.ts'
import { defang, shownName } from '#console/present/defang.ts'
import { linkChart } from '#console/present/link-chart.ts'
import { linkSentence } from '#console/present/link-words.ts'
import { outagesOf } from '#console/present/outages.ts'
import { editableText, plainText } from '#console/present/plain-text.ts'
import { makePlainTime, plainDuration } from '#console/present/plain-time.ts'
import type { Wording } from '#console/present/wording.ts'
import { ownStylesheet } from '#console/stylesheet.ts'
import type { LinkChanged } from '#domain/event.ts'
import { signal } from '#test/support/alert-lab.ts'
import { lookup } from '#test/support/collector-client.ts'

const time = makePlainTime('Europe/London')
const at = (text: string) => Date.parse(text)

t.test('text from outside is one visible line', async (t) => {
  t.equal(plainText('a\nb\u202Ec\u0000'), 'a\\u{a}b\\u{202e}c\\u{0}')
  t.equal(plainText('x'.repeat(300)).length, 256)
  t.equal(editableText('a\nb\u202Ec\u0000'), 'a\nbc', 'lines stay in a field')
  t.equal(defang('bad.example.org'), 'bad[.]example[.]org')
  t.equal(shownName({ form: 'clear', name: 'bad.example.org' }, 'illegal.csam'), 'name withheld')
})

t.test('times read as on the wall of the school', async (t) => {
  const now = at('2026-07-02T10:00:00Z')
  t.equal(time.at(at('2026-07-02T06:05:00Z'), now).text, 'Today at 07:05')
  t.equal(time.at(at('2026-07-01T22:59:00Z'), now).inline, 'yesterday at 23:59')
  t.equal(time.at(at('2026-06-02T06:05:00Z'), now).inline, 'on Tue 2 Jun at 07:05')
  t.equal(time.at(at('2025-12-31T12:00:00Z'), now).text, '31 December 2025 at 12:00')
  t.equal(time.dayStartMs('2026-07-01'), at('2026-06-30T23:00:00Z'))
  t.equal(
    time.dayStartMs('2026-03-29', 1),
    at('2026-03-29T23:00:00Z'),
    'the day the clocks go forward has 23 hours',
  )
  t.equal(time.dayStartMs('2026-13-01'), undefined)
  t.equal(makePlainTime('America/New_York').dayStartMs('2026-01-05'), at('2026-01-05T05:00:00Z'))
  t.equal(makePlainTime('Pacific/Auckland').dayStartMs('2026-01-05'), at('2026-01-04T11:00:00Z'))
  t.equal(time.dayText(at('2026-06-30T23:30:00Z')), '2026-07-01')
  t.equal(time.dayText(at('2026-01-01T00:30:00Z')), '2026-01-01')
  t.equal(time.atClock('2026-07-01', '15:10'), at('2026-07-01T14:10:00Z'))
  t.equal(time.atClock('2026-03-29', '15:10'), at('2026-03-29T14:10:00Z'))
  for (const text of ['', '24:00', '9:00', '12:60', '12:00:00', '<b>'])
    t.equal(time.atClock('2026-07-01', text), undefined, text)
  t.same([1000, 59_000, 60_000, 7_500_000, 7_200_000, 200_000_000].map(plainDuration), [
    '1 second',
    '59 seconds',
    '1 minute',
    '2 hours 5 minutes',
    '2 hours',
    '2 days',
  ])
})

t.test(
  'what was asked for round a lookup: text in order, background a number, nothing of the illegal',
  (t) => {
    const wording: Wording = {
      time,
      nowMs: at('2026-07-02T10:00:00Z'),
      category: (id) => ({ title: id, sentence: id }),
      boxName: (id) => id,
    }
    const firstAt = at('2026-07-02T09:00:00Z')
    const names = [
      { name: 'own.test', at: firstAt + 200, isBlocked: true },
      { name: '<b>.after.test', at: firstAt + 90_000, isBlocked: false },
      { name: 'before.test', at: firstAt - 60_000, isBlocked: false },
    ]
    const context = { names, others: 2, fromMs: firstAt - 300_000, toMs: firstAt + 300_000 }
    const body = lookup({
      category: 'harm.suicide',
      firstAt,
      name: { form: 'clear', name: 'own.test' },
      signal: signal({ context }),
    })
    t.match(timelineOf(body, wording), {
      title: 'harm.suicide',
      entries: [
        { clock: '09:59', name: 'before[.]test', outcome: 'allowed', isItself: false },
        { clock: '10:00', name: 'own[.]test', outcome: 'blocked', isItself: true },
        { clock: '10:01', name: '<b>[.]after[.]test', outcome: 'allowed', isItself: false },
      ],
      background: /^2 other lookups/,
    })
    t.equal(timelineOf(body, wording)?.entries.length, 3, 'the lookup itself stands once')
    t.equal(timelineOf({ ...body, category: 'illegal.csam' }, wording), undefined)
    t.equal(timelineOf(lookup(), wording), undefined, 'a box that sent none')
    t.end()
  },
)

t.test('outages last from change to change', async (t) => {
  const change = (to: LinkChanged['to'], since: string): LinkChanged => ({
    kind: 'link-changed',
    from: 'up',
    to,
    cause: 'line',
    detail: '',
    since: at(since),
  })
  const wording = {
    time,
    nowMs: at('2026-01-05T12:00:00Z'),
    category: () => ({ title: '', sentence: '' }),
    boxName: () => '',
  }
  const outages = outagesOf(
    [
      change('down', '2026-01-05T11:30:00Z'),
      change('up', '2026-01-05T09:10:00Z'),
      change('degraded', '2026-01-05T09:00:00Z'),
    ],
    wording,
  )
  t.match(outages, [
    { state: { text: 'Down' }, lasted: '30 minutes so far', cause: 'The internet line is down.' },
    { state: { text: 'Degraded' }, lasted: '10 minutes', began: { text: 'Today at 09:00' } },
  ])
  t.match(linkSentence('down', 'upstream'), 'no DNS server beyond it answers')
})

t.test('a chart holds a gap where nothing came back', async (t) => {
  const from = at('2026-01-05T11:00:00Z')
  const sample = (minute: number, probes: { sent: number; lost: number; mean?: number }) => ({
    kind: 'link-sampled' as const,
    from,
    to: from + minute * 60_000,
    state: 'up' as const,
    probes: [
      {
        target: 'x',
        probe: 'dns' as const,
        sent: probes.sent,
        lost: probes.lost,
        ...(probes.mean === undefined ? {} : { rttMs: { min: 1, mean: probes.mean, max: 99 } }),
      },
    ],
  })
  const chart = linkChart(
    [sample(5, { sent: 10, lost: 0, mean: 12 }), sample(10, { sent: 10, lost: 10 })],
    time,
  )
  t.same(JSON.parse(chart?.points ?? ''), [
    [from / 1000 + 300, 12, 0],
    [from / 1000 + 600, null, 100],
  ])
  t.same(chart?.hours, [{ hour: '11:00', rtt: '12 ms', loss: '50%' }])
  t.equal(linkChart([], time), undefined)
})

t.test('served styles carry our font, and no font and no crest of others', async (t) => {
  const icons = new Set<string>()
  const css = ownStylesheet(
    '@font-face{font-family:GDS Transport;src:url(/assets/fonts/a.woff2)}a{font-family:GDS Transport,arial,sans-serif;background:url(/assets/images/govuk-crest.svg)}b{background:url(/assets/images/icon-x.svg)}',
    icons,
  )
  t.equal(
    css,
    'a{font-family:var(--edge-font);background:none}b{background:url(/assets/icon-x.svg)}',
  )
  t.same([...icons], ['icon-x.svg'])
  const assets = loadAssets()
  for (const [name, { body }] of assets) {
    const text = body.toString()
    t.notMatch(text, /GDS Transport|govuk-crest/, name)
    const fonts = [...text.matchAll(/\/assets\/([\w-]+\.woff2)/g)].map((match) => match[1] ?? '')
    t.equal(fonts.length, name === 'edge.css' ? 2 : 0, `${name} names fonts`)
    for (const font of fonts) t.equal(assets.get(font)?.isForever, true, `${font} is ours`)
    t.ok(body.length > 0)
  }
})
