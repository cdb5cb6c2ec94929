import fc from 'fast-check'
import t from 'tap'
import type { IntentReason, Signal } from '#domain/signal.ts'
import type { CategoryId } from '#rules/category-ids.ts'
import {
  allowed,
  blocked,
  monitored,
  type Played,
  page,
  playSchool,
  SCHOOL_STARTS,
  type School,
  type Step,
} from '#test/support/signal-school.ts'

const BAD = 'bad.test'
const asks = (...times: readonly number[]): readonly Step[] =>
  times.map((at) => blocked(at, BAD, 'harm.selfharm'))

/** What is known of the one event that the steps make, at the end. */
function signalOf(steps: readonly Step[], school: School = {}): Signal {
  const { events } = playSchool(steps, school)
  const [event] = events
  if (!event || events.length > 1) throw new Error(`${events.length} events`)
  if (!('signal' in event.body) || !event.body.signal) throw new Error('no signal')
  return event.body.signal
}

const whyOf = (steps: readonly Step[]): IntentReason => signalOf(steps).why

t.test('a single blocked lookup is told as such within ten seconds, by every number of it', (t) => {
  const { signals } = playSchool(asks(100))
  t.equal(signals.length, 1)
  t.ok((signals[0]?.atSeconds ?? 999) <= 110)
  t.match(signals[0]?.signal, {
    weights: 3,
    intent: 50,
    why: 'lone',
    moment: 'lesson',
    distinctNames: 1,
    site: BAD,
    isNew: false,
    points: 20,
    parts: [
      { part: 'weight', value: 50 },
      { part: 'intent', value: 0.5 },
      { part: 'moment', value: 0.8 },
    ],
  })
  t.end()
})

t.test('A, AAAA and HTTPS of a name are one lookup', (t) => {
  t.equal(whyOf([...asks(100, 100.01, 100.02), ...asks(108, 108.01, 108.02)]), 'lone')
  t.end()
})

t.test('who tries a blocked name again as people do has chosen it', (t) => {
  t.equal(whyOf(asks(100, 117, 160)), 'retried')
  t.equal(whyOf(asks(100, 117)), 'retried')
  t.equal(whyOf(asks(100, 109)), 'lone', 'one so soon may be a slip')
  t.equal(whyOf(asks(100, 131)), 'lone', 'nor what a browser may have loaded again')
  t.equal(whyOf(asks(100, 103.5, 107.5)), 'lone', 'not so soon')
  t.equal(whyOf(asks(100, 230, 380)), 'lone', 'not so late')
  const { signals } = playSchool(asks(100, 117, 160))
  t.ok((signals.at(-1)?.atSeconds ?? 999) <= 170, 'and is told soon after the deciding lookup')
  t.match(signals.at(-1)?.signal, { intent: 80, points: 32 })
  t.end()
})

t.test('who tries a blocked name with and without www has chosen it', (t) => {
  const steps = [...asks(100), blocked(109, `www.${BAD}`, 'harm.selfharm')]
  t.equal(whyOf(steps), 'retried')
  t.equal(whyOf([...asks(100), blocked(109, `m.${BAD}`, 'harm.selfharm')]), 'lone')
  t.end()
})

t.test('what a browser loads again by itself is no retry', (t) => {
  t.equal(whyOf(asks(100, 101, 106.1, 136.2, 196.4)), 'reloaded', 'Chromium, from its first on')
  t.equal(whyOf(asks(100, 105.2, 135.3, 195.5)), 'reloaded')
  t.equal(whyOf(asks(100, 130, 160.1)), 'reloaded', 'every thirty seconds')
  t.equal(signalOf(asks(100, 130, 160.1)).intent, 50, 'it says no more than the first')
  t.end()
})

t.test(
  'a tab that is left open is one look, however long its error page loads itself again',
  (t) => {
    const { events } = playSchool(asks(100, 106, 136.1, 196.2, 496.4, 796.6, 1_096.9))
    t.same(
      events.map(({ body }) => 'signal' in body && body.signal?.why),
      ['reloaded', 'background', 'background', 'background'],
    )
    const again = playSchool([...asks(100, 106, 136.1), ...asks(480, 493, 511)])
    const last = again.events.at(-1)?.body
    t.equal(last && 'signal' in last && last.signal?.why, 'retried', 'who comes back is seen')
    t.end()
  },
)

t.test('what asks by the clock is a program', (t) => {
  t.match(signalOf(asks(60, 120, 180.1, 240.1, 300.2)), { why: 'background', intent: 0 })
  const slow = playSchool(asks(0, 280, 560.2, 840.2, 1_120.3, 1_400.4))
  t.equal(slow.signals.at(-1)?.signal.why, 'background', 'over several events too')
  t.end()
})

t.test('what comes along with a page was not chosen', (t) => {
  const embed = [...page(100, 'news.test'), ...asks(100.6)]
  t.match(signalOf(embed), { why: 'embedded', intent: 5, points: 2 })
  t.equal(
    whyOf([...page(100, 'news.test'), ...asks(102.5)]),
    'lone',
    'three seconds later is a click',
  )
  t.equal(whyOf([...embed, ...asks(110, 131, 160)]), 'retried', 'unless it is tried for its own')
  const prefetched = ['a.test', 'b.test', 'c.test'].map((name, i) => allowed(100 + i / 10, name))
  t.equal(whyOf([...prefetched, ...asks(100.4)]), 'embedded', 'links that a page looks up ahead')
  t.end()
})

t.test('adverts come later than the rest of a page; what nobody advertises does not', (t) => {
  const after = (seconds: number, category: CategoryId) =>
    whyOf([...page(100, 'news.test'), blocked(100 + seconds, BAD, category)])
  t.equal(after(4.9, 'commerce.gambling'), 'embedded')
  t.equal(after(5.1, 'commerce.gambling'), 'lone')
  for (const category of ['harm.suicide', 'harm.selfharm', 'harm.ed', 'hate.extremism'] as const) {
    t.equal(after(1.9, category), 'embedded', category)
    t.equal(after(2.1, category), 'lone', category)
  }
  t.end()
})

t.test('of a site whose page was stopped there is no page', (t) => {
  const steps = [
    blocked(100, 'www.game.test', 'adult.mixed'),
    allowed(100.3, 'static.game.test'),
    ...asks(130),
  ]
  const last = playSchool(steps).events.at(-1)?.body
  const names = last && 'signal' in last ? last.signal?.context?.names : []
  t.same(
    names?.map(({ name, isBlocked }) => [name, isBlocked]),
    [
      ['game.test', true],
      [BAD, true],
    ],
    'it is told as stopped alone',
  )
  t.end()
})

t.test('an advert that is loaded with page after page stays one', (t) => {
  const steps = [100, 119, 163, 190].flatMap((at) => [
    ...page(at, 'news.test'),
    blocked(at + 0.6, BAD, 'commerce.gambling'),
  ])
  t.equal(whyOf(steps), 'embedded')
  t.end()
})

t.test(
  'what came with the pages of more than twenty sites is a third party for the whole school',
  (t) => {
    const learnt = Array.from({ length: 40 }, (_, i) =>
      page(i * 20, `site${i}.test`, ['ads.tracker.test']).map((step) => ({
        ...step,
        client: `c${i}`,
      })),
    ).flat()
    const later = [1_000, 1_017, 1_060].map((at) =>
      blocked(at, 'tracker.test', 'commerce.gambling'),
    )
    t.equal(whyOf([...learnt, ...later]), 'embedded')
    t.equal(whyOf([...learnt.slice(0, 40), ...later]), 'retried', 'not by a dozen')
    t.end()
  },
)

t.test('a watched site that is opened as a page was chosen', (t) => {
  const visit = [
    monitored(100, 'www.chat.test', 'contact.anon_chat'),
    monitored(100.4, 'api.chat.test', 'contact.anon_chat'),
  ]
  const { signals } = playSchool(visit)
  t.match(signals.at(-1)?.signal, { why: 'anchor', intent: 100, site: 'chat.test' })
  t.ok((signals[0]?.atSeconds ?? 999) <= 110)
  t.equal(whyOf(visit.slice(0, 1)), 'lone', 'without its assets nothing tells')
  t.equal(whyOf([...page(98.9, 'news.test'), ...visit]), 'embedded', 'inside another page')
  t.match(
    whyOf([
      blocked(100, 'www.chat.test', 'contact.anon_chat'),
      blocked(100.4, 'api.chat.test', 'contact.anon_chat'),
    ]),
    'lone',
    'a blocked one cannot show assets',
  )
  t.end()
})

t.test('a way round the filter within ten minutes counts with what was blocked', (t) => {
  const vpn = (at: number) => blocked(at, 'vpn.test', 'bypass.vpn')
  const of = (played: Played) =>
    played.events.flatMap(({ body }) =>
      'signal' in body && body.category === 'harm.selfharm' ? (body.signal ?? []) : [],
    )
  const after = of(playSchool([...asks(100), vpn(280)]))
  t.match(after, [{ wayRoundAfterSeconds: 180, points: 30 }])
  t.match(of(playSchool([...asks(100), vpn(720)])), [{ points: 20 }], 'not after eleven')
  t.match(
    of(playSchool([vpn(0), ...asks(100), vpn(280)])),
    [{ points: 20 }],
    'a device that asks anyway',
  )
  t.match(of(playSchool([vpn(0), ...asks(700), vpn(760)])), [{ wayRoundAfterSeconds: 60 }])
  const allowedToo = playSchool([...asks(100), allowed(280, 'vpn.test', 'bypass.vpn')])
  t.match(of(allowedToo), [{ wayRoundAfterSeconds: 180 }], 'one that works is one too')
  t.notOk(
    'wayRoundAfterSeconds' in
      (of(playSchool([...asks(100), { ...vpn(160), client: 'x' }]))[0] ?? {}),
  )
  t.end()
})

t.test('far more blocked lookups than ever is a burst, told once', (t) => {
  const sites = (count: number, names: number) =>
    Array.from({ length: count }, (_, i) =>
      blocked(i * 7 + ((i * i) % 11), `s${i % names}.test`, 'adult.porn'),
    )
  const bursts = (steps: readonly Step[]) =>
    playSchool(steps).events.filter(
      ({ body }) => 'signal' in body && body.signal?.parts.some(({ part }) => part === 'burst'),
    ).length
  t.equal(bursts(sites(12, 6)), 1)
  t.equal(bursts(sites(60, 6)), 1, 'once in an hour')
  t.equal(bursts(sites(9, 6)), 0, 'ten or fewer are none')
  t.equal(bursts(sites(30, 1)), 0, 'a program that asks for one site')
  const usual = Array.from({ length: 30 }, (_, hour) =>
    Array.from({ length: 20 }, (_, i) =>
      blocked(hour * 3_600 + i * 17 + ((i * i) % 11), `s${i % 6}.test`, 'adult.porn'),
    ),
  ).flat()
  const early = bursts(usual.slice(0, 20 * 10))
  t.equal(bursts(usual), early, 'what is usual for a client is none')
  t.end()
})

t.test('names of the category are counted as they were chosen in the last ten minutes', (t) => {
  const porn = (at: number, i: number) => blocked(at, `p${i}.test`, 'adult.porn')
  const { signals } = playSchool([0, 1, 2, 3, 4].map((i) => porn(100 + i * 20, i)))
  t.equal(signals.at(-1)?.signal.distinctNames, 5)
  const popups = playSchool([
    ...page(100, 'x.test'),
    ...[0, 1, 2, 3, 4].map((i) => porn(100.5 + i / 10, i)),
  ])
  t.equal(popups.signals.at(-1)?.signal.distinctNames, 1, 'pop-ups count for nothing')
  const slowly = playSchool([0, 1, 2].map((i) => porn(100 + i * 650, i)))
  t.equal(slowly.signals.at(-1)?.signal.distinctNames, 1)
  t.end()
})

t.test('a school is learnt for a day before anything in it is new', (t) => {
  const day = 86_400
  t.equal(signalOf(asks(100)).isNew, false)
  const { signals } = playSchool([allowed(0, 'first.test'), ...asks(day + 100, day + 800)])
  t.same(
    signals.map(({ signal }) => signal.isNew),
    [true, false],
    'and once known, it is known',
  )
  t.equal(signals[0]?.signal.points, 24)
  const known = [allowed(0, 'first.test'), { ...asks(day)[0]!, client: 'other' }, ...asks(day + 60)]
  t.same(
    playSchool(known)
      .signals.map(({ signal }) => signal.isNew)
      .toSorted(),
    [false, true],
  )
  t.end()
})

t.test('only points of Medium or above take context along, of chosen names alone', (t) => {
  const before = [
    ...page(0, 'forum.test', ['cdn.shared.test']),
    allowed(30, 'telemetry.vendor.test'),
    ...page(60, 'diary.test'),
    ...Array.from({ length: 50 }, () => allowed(70, 'sync.app.test')),
  ]
  const { context } = signalOf([...before, ...asks(100, 117, 160)])
  t.same(
    context?.names.map(({ name, isBlocked }) => [name, isBlocked]),
    [
      ['forum.test', false],
      ['diary.test', false],
      [BAD, true],
    ],
  )
  t.equal(context?.names[0]?.at, SCHOOL_STARTS)
  t.equal(context?.others, 3 + 1 + 2 + 50 + 2 - 3, 'told when the second try was known')
  t.equal((context?.toMs ?? 0) - (context?.fromMs ?? 0), 600_000)
  t.equal(signalOf([...before, blocked(100, 'sip.test', 'adult.mixed')]).context, undefined)
  const { context: later } = signalOf([...before, ...asks(640)])
  t.same(
    later?.names.map(({ name }) => name),
    ['diary.test', BAD],
    'of ten minutes',
  )
  t.end()
})

t.test('at most forty names leave with a signal, the newest', (t) => {
  const many = Array.from({ length: 60 }, (_, i) => page(i * 5, `s${i}.test`)).flat()
  const { context } = signalOf([...many, ...asks(310)])
  t.equal(context?.names.length, 40)
  t.equal(context?.names.at(-1)?.name, BAD)
  t.equal(context?.names[0]?.name, 's21.test')
  t.end()
})

t.test('of an illegal site neither name nor context is told, nor beside other signals', (t) => {
  const illegal = blocked(100, 'unspeakable.test', 'illegal.csam')
  const alone = signalOf([...page(60, 'diary.test'), illegal])
  t.equal(alone.site, undefined)
  t.equal(alone.context, undefined)
  t.equal(alone.isNew, false)
  const { events } = playSchool([illegal, ...asks(130, 160, 201)])
  t.notMatch(JSON.stringify(events), /unspeakable/)
  t.match(JSON.stringify(events), /"context"/)
  t.end()
})

t.test('help, faith, health, LGBT+ and abuse support leave no trace in any signal', (t) => {
  const names = [
    'childline.org.uk',
    'www.childline.org.uk',
    'samaritans.org',
    'switchboard.lgbt',
    'pinknews.co.uk',
    'churchofengland.org',
    'northtown-mosque.test',
    'webmd.com',
    'teenhealth.test',
    'survivorsuk.org',
    'gay-youth-group.test',
  ]
  const visits = names.flatMap((name, i) => [
    allowed(i * 8, name),
    allowed(i * 8 + 0.2, `static.${name}`),
    allowed(i * 8 + 0.4, `www.${name}`),
  ])
  const plain = playSchool(asks(100, 117, 160))
  const beside = playSchool([...visits, ...asks(100, 117, 160)])
  t.same(
    beside.signals.map(({ signal }) => signal),
    plain.signals.map(({ signal }) => signal),
    'not even as a number',
  )
  const blockedHelp = playSchool([blocked(0, 'help.samaritans.org', 'harm.suicide')])
  t.equal(blockedHelp.signals.length, 0, 'a list that names them does not make them scored')
  const worded = playSchool([
    blocked(0, 'islam-war.test', 'hate.extremism'),
    ...asks(100, 117, 160),
  ])
  t.match(worded.signals[0]?.signal, { site: 'islam-war.test' }, 'what is on a list is scored')
  const other = worded.signals.find(({ signal }) => signal.site === BAD)
  t.notMatch(JSON.stringify(other), /islam/, 'but not told beside other signals')
  t.end()
})

t.test(
  'more clients than there is room for: the one silent longest goes, counted and told',
  (t) => {
    const steps = [
      { ...asks(0)[0]!, client: 'first' },
      ...['b', 'c', 'd'].map((client, i) => ({ ...allowed(0.1 + i / 10, 'a.test'), client })),
    ]
    const { clientsEvicted, signals } = playSchool(steps, { clients: 3 })
    t.equal(clientsEvicted, 1)
    t.match(signals, [{ signal: { why: 'lone' } }])
    t.end()
  },
)

t.test('a signal is told again only with another reason, more points or more names', (t) => {
  const step = fc.record({
    at: fc.integer({ min: 0, max: 600 }),
    name: fc.constantFrom('a.test', 'www.a.test', 'b.test', 'ok.test', 'www.ok.test', 'x.ok.test'),
    isBad: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (drawn) => {
      const steps = drawn.map(({ at, name, isBad }) =>
        isBad && !name.includes('ok') ? blocked(at, name, 'harm.ed') : allowed(at, name),
      )
      const { signals, events } = playSchool(steps)
      for (const { id } of events) {
        const told = signals.filter(({ event }) => event === id).map(({ signal }) => signal)
        if (told.length === 0) throw new Error('an event without a signal')
        for (const [i, now] of told.entries()) {
          const before = told[i - 1]
          if (!before) continue
          const isNews =
            now.why !== before.why ||
            now.points > before.points ||
            now.distinctNames > before.distinctNames
          if (!isNews) throw new Error('told for nothing')
        }
      }
    }),
    { numRuns: 60 },
  )
  t.end()
})
