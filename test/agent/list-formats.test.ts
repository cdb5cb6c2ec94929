/** What each list format means, seen in answers to real queries over UDP and TCP. */
import t, { type Test } from 'tap'
import type { RuleIndex } from '#rules/rule-index.ts'
import { compileLists as compile, outcomeOf } from '#test/support/compile-lists.ts'
import { a, cname, type Script, startFakeUpstream } from '#test/support/fake-upstream.ts'
import { startPipelineServer } from '#test/support/pipeline-server.ts'
import { makePolicy } from '#test/support/test-rules.ts'

/** A question and what becomes of it: `passes`, `over TCP`, `NODATA`, an rcode, or the data that comes back. */
type Case = readonly [question: string, outcome: string]

const PASSES = '198.51.100.7'

const upstream: Script = ({ name, type }) => {
  if (name === 'cloaked.open.test')
    return { answers: [cname(name, 'ads7.shop.test'), a('ads7.shop.test', PASSES)] }
  if (name === 'gone.open.test')
    return { answers: [cname(name, 'sub.deny.test'), a('sub.deny.test', PASSES)] }
  if (name === 'typed-hop.open.test')
    return {
      answers: [
        cname(name, 'typed.test'),
        type === 'A'
          ? a('typed.test', PASSES)
          : { type: 'AAAA', name: 'typed.test', ttl: 60, data: '2001:db8::7' },
      ],
    }
  if (name === 'regex-hop.open.test')
    return { answers: [cname(name, 'ads9.four.test'), a('ads9.four.test', PASSES)] }
  if (type === 'AAAA') return { answers: [{ type: 'AAAA', name, ttl: 60, data: '2001:db8::7' }] }
  return type === 'A' ? { answers: [a(name, PASSES)] } : { answers: [] }
}

async function checkAnswers(t: Test, rules: RuleIndex, cases: readonly Case[]): Promise<void> {
  const fake = await startFakeUpstream(upstream)
  const policies = [makePolicy('pupils', { 'media.games': 'block' })]
  const server = await startPipelineServer({ rules, upstreamPort: fake.port, policies })
  t.teardown(() => Promise.all([server.close(), fake.close()]))
  for (const transport of ['udp', 'tcp'] as const)
    for (const [question, outcome] of cases) {
      const found = await outcomeOf(question, { port: server.port, transport })
      const shown = found === PASSES || found === '2001:db8::7' ? 'passes' : found
      const overTcp = transport === 'udp' ? 'TC' : 'passes'
      t.equal(shown, outcome === 'over TCP' ? overTcp : outcome, `${question} over ${transport}`)
    }
  t.same(server.faults, [])
}

const BLOCKED = 'NXDOMAIN'

t.test('Adblock DNS rules decide as they say, from a trusted list', async (t) => {
  const text = `||plain.test^
|exact.test^
||ads*.shop.test^
||a*b*c.shop.test^
-track.shop.test^
|begins
||lifted.test^
@@||good.lifted.test^
||strong.test^$important
@@||strong.test^
@@||allowed.strong.test^$important
||both.test^
||both.test^$important
@@||both.test^$dnstype=AAAA
||typed.test^$dnstype=AAAA
||nottyped.test^$dnstype=~A
||deny.test^$denyallow=ok.deny.test
||taken.test^
||taken.test^$badfilter
||taken2.test^$badfilter
||taken2.test^
||ads*.taken.test^
||ads*.taken.test^$badfilter
||v4.test^$dnsrewrite=192.0.2.10
||v4.test^$dnsrewrite=192.0.2.11
||alias.test^$dnsrewrite=target.open.test
||evil-alias.test^$dnsrewrite=plain.test
||nx.test^$dnsrewrite=NXDOMAIN;;
||refused.test^$dnsrewrite=REFUSED
||empty.test^$dnsrewrite=NOERROR
/^(.*\\.)?regex\\.test$/
`
  await checkAnswers(t, compile(t, [{ format: 'adblock', text, trusted: true }]), [
    ['plain.test', BLOCKED],
    ['WWW.Plain.Test AAAA', BLOCKED],
    ['notplain.test', 'passes'],
    ['exact.test', BLOCKED],
    ['www.exact.test', 'passes'],
    ['ads1.shop.test', BLOCKED],
    ['www.ADS.shop.test', BLOCKED],
    ['noads.shop.test', 'passes'],
    ['shop.test', 'passes'],
    ['ads.shop.test.open.test', 'passes'],
    ['a.b.xc.shop.test', BLOCKED],
    ['a.c.b.shop.test', 'passes'],
    ['x-track.shop.test', BLOCKED],
    ['beginsmore.open.test', BLOCKED],
    ['www.begins.open.test', 'passes'],
    ['lifted.test', BLOCKED],
    ['www.good.lifted.test', 'passes'],
    ['strong.test', BLOCKED],
    ['allowed.strong.test', 'passes'],
    ['both.test AAAA', BLOCKED],
    ['typed.test AAAA', BLOCKED],
    ['typed.test A', 'passes'],
    ['nottyped.test AAAA', BLOCKED],
    ['nottyped.test A', 'passes'],
    ['deny.test', BLOCKED],
    ['www.ok.deny.test', 'passes'],
    ['notok.deny.test', BLOCKED],
    ['taken.test', 'passes'],
    ['taken2.test', 'passes'],
    ['ads1.taken.test', 'passes'],
    ['v4.test', '192.0.2.10 192.0.2.11'],
    ['www.v4.test', '192.0.2.10 192.0.2.11'],
    ['v4.test AAAA', 'NODATA'],
    ['v4.test TYPE65', 'NODATA'],
    ['alias.test', `target.open.test ${PASSES}`],
    ['alias.test AAAA', 'target.open.test 2001:db8::7'],
    ['evil-alias.test', BLOCKED],
    ['nx.test', BLOCKED],
    ['refused.test', 'REFUSED'],
    ['empty.test', 'NODATA'],
    ['www.regex.test', BLOCKED],
    ['notregex.test', 'passes'],
    ['cloaked.open.test', BLOCKED],
    ['gone.open.test', BLOCKED],
    ['typed-hop.open.test A', `typed.test ${PASSES}`],
    ['typed-hop.open.test AAAA', BLOCKED],
  ])
})

t.test('the same rules of a list that is not trusted only block', async (t) => {
  const text = `||plain.test^
@@||good.plain.test^
||v4.test^$dnsrewrite=192.0.2.10
||nx.test^$dnsrewrite=NXDOMAIN
|open
||*.test^
||ads*.test^
||ads*.shop.test^
||test^$dnstype=AAAA
`
  const rules = compile(t, [{ format: 'adblock', text }])
  t.match(rules.lists.at(-1), { trusted: false, names: 2, conditional: 1, refusedLines: 7 })
  await checkAnswers(t, rules, [
    ['good.plain.test', BLOCKED],
    ['v4.test', 'passes'],
    ['nx.test', 'passes'],
    ['open.shop.test AAAA', 'passes'],
    ['ads.other.test', 'passes'],
    ['ads.shop.test', BLOCKED],
  ])
})

const ZONE = `$TTL 60
@ SOA ns. admin. (1 2 3 4 5) ; of no zone by name
exact.test         CNAME .
*.below.test       CNAME .
nodata.test        CNAME *.
dropped.test       CNAME rpz-drop.
*.wide.test        CNAME .
good.wide.test     CNAME rpz-passthru.
*.good.wide.test   CNAME rpz-passthru.
bad.good.wide.test CNAME .
own.wide.test      A 192.0.2.20
                   TXT "made up"
alias.test         CNAME target.open.test.
tcp.test           CNAME rpz-tcp-only.
24.0.113.0.203.rpz-ip CNAME .
`

t.test('a trusted response policy zone decides as it says, the nearest name first', async (t) => {
  await checkAnswers(t, compile(t, [{ format: 'rpz', text: ZONE, trusted: true }]), [
    ['exact.test', BLOCKED],
    ['www.exact.test', 'passes'],
    ['below.test', 'passes'],
    ['a.b.below.test AAAA', BLOCKED],
    ['nodata.test', 'NODATA'],
    ['dropped.test', 'REFUSED'],
    ['wide.test', 'passes'],
    ['x.wide.test', BLOCKED],
    ['good.wide.test', 'passes'],
    ['www.good.wide.test', 'passes'],
    ['bad.good.wide.test', BLOCKED],
    ['own.wide.test', '192.0.2.20'],
    ['own.wide.test AAAA', 'NODATA'],
    ['own.wide.test TXT', 'made up'],
    ['alias.test', `target.open.test ${PASSES}`],
    ['tcp.test', 'over TCP'],
    ['tcp.test AAAA', 'over TCP'],
    ['elsewhere.test', 'passes'],
  ])
})

t.test('a zone that is not trusted blocks, and neither lifts nor answers', async (t) => {
  await checkAnswers(t, compile(t, [{ format: 'rpz', text: ZONE }]), [
    ['exact.test', BLOCKED],
    ['good.wide.test', BLOCKED],
    ['own.wide.test', BLOCKED],
    ['alias.test', 'passes'],
    ['dropped.test', 'REFUSED'],
  ])
})

const DNSMASQ = `address=/plain.test/
address=/null.test/0.0.0.0
address=/data.test/192.0.2.30
address=/data.test/2001:db8::30
local=/local.test/
server=/good.plain.test/#
address=/bad.good.plain.test/#
`

t.test('dnsmasq rules decide as they say, the nearest name first', async (t) => {
  await checkAnswers(t, compile(t, [{ format: 'dnsmasq', text: DNSMASQ, trusted: true }]), [
    ['www.plain.test', BLOCKED],
    ['null.test', BLOCKED],
    ['www.data.test', '192.0.2.30'],
    ['data.test AAAA', '2001:db8::30'],
    ['data.test TYPE65', 'NODATA'],
    ['local.test', BLOCKED],
    ['good.plain.test', 'passes'],
    ['bad.good.plain.test', BLOCKED],
  ])
  await checkAnswers(t, compile(t, [{ format: 'dnsmasq', text: DNSMASQ }]), [
    ['good.plain.test', BLOCKED],
    ['data.test', 'passes'],
    ['null.test', BLOCKED],
  ])
})

const REGEX = String.raw`(^|\.)one\.test$
^two\.test$
\.three\.test$
^ads?[0-9]*\.four\.test$
/^(www\.)?Five\.test$/
(track|count)er.*\.six\.test$
^telemetry[0-9]*\.
[0-9]{5}
`

t.test('a list of regular expressions blocks what they match', async (t) => {
  await checkAnswers(t, compile(t, [{ format: 'regex', text: REGEX, trusted: true }]), [
    ['www.one.test', BLOCKED],
    ['one.test', BLOCKED],
    ['twoone.test', 'passes'],
    ['two.test', BLOCKED],
    ['www.two.test', 'passes'],
    ['three.test', 'passes'],
    ['www.three.test', BLOCKED],
    ['ads.test', 'passes'],
    ['ad7.four.test', BLOCKED],
    ['ADS12.Four.Test AAAA', BLOCKED],
    ['adx.four.test', 'passes'],
    ['x.ads.four.test', 'passes'],
    ['four.test', 'passes'],
    ['five.test', BLOCKED],
    ['www.five.test TYPE65', BLOCKED],
    ['xwww.five.test', 'passes'],
    ['my-tracker-1.x.six.test', BLOCKED],
    ['tracker.test', 'passes'],
    ['telemetry5.open.test', BLOCKED],
    ['x.telemetry5.open.test', 'passes'],
    ['a12345b.open.test', BLOCKED],
    ['a1234b.open.test', 'passes'],
    ['regex-hop.open.test', BLOCKED],
  ])
})

t.test('expressions under no one domain are refused of a list that is not trusted', async (t) => {
  const rules = compile(t, [{ format: 'regex', text: REGEX }])
  t.match(rules.lists.at(-1), { names: 6, conditional: 3, refusedLines: 2 })
  await checkAnswers(t, rules, [
    ['ad7.four.test', BLOCKED],
    ['telemetry5.open.test', 'passes'],
    ['a12345b.open.test', 'passes'],
  ])
})

t.test('Adblock expressions take options and exceptions as patterns do', async (t) => {
  const text = String.raw`/^ads?[0-9]*\.re\.test$/
@@/^ads?7\.re\.test$/
/^ban[0-9]+\.re\.test$/$important
@@/^ban8\.re\.test$/
@@/^ban9\.re\.test$/$important
/^typed[0-9]+\.re\.test$/$dnstype=AAAA
/^deny[0-9]*\..*\.re\.test$/$denyallow=ok.re.test
/^taken[0-9]+\.re\.test$/
/^taken[0-9]+\.re\.test$/$badfilter
/^own[0-9]+\.re\.test$/$dnsrewrite=192.0.2.50
/^gone[0-9]+\.re\.test$/$dnsrewrite=REFUSED
`
  await checkAnswers(t, compile(t, [{ format: 'adblock', text, trusted: true }]), [
    ['ad1.re.test', BLOCKED],
    ['ad7.re.test', 'passes'],
    ['ban1.re.test', BLOCKED],
    ['ban8.re.test', BLOCKED],
    ['ban9.re.test', 'passes'],
    ['typed1.re.test AAAA', BLOCKED],
    ['typed1.re.test', 'passes'],
    ['deny1.x.re.test', BLOCKED],
    ['deny1.ok.re.test', 'passes'],
    ['taken1.re.test', 'passes'],
    ['own1.re.test', '192.0.2.50'],
    ['gone1.re.test', 'REFUSED'],
    ['re.test', 'passes'],
  ])
})

t.test('an exception lifts its own list only, and local data yields to policy', async (t) => {
  const trusted = true
  const rules = compile(
    t,
    [
      { format: 'domains', text: 'shop.test\nblocked.test\n' },
      { format: 'adblock', text: '||shop.test^\n@@||shop.test^\n', trusted },
      {
        format: 'adblock',
        text: `||blocked.test^$dnsrewrite=192.0.2.40
||allowed.test^$dnsrewrite=192.0.2.41
||localhost^$dnsrewrite=192.0.2.42
||search.test^$dnsrewrite=192.0.2.43
`,
        trusted,
      },
    ],
    { allow: ['allowed.test'] },
  )
  await checkAnswers(t, rules, [
    ['shop.test', BLOCKED],
    ['blocked.test', BLOCKED],
    ['allowed.test', 'passes'],
    ['localhost', '127.0.0.1'],
    ['search.test', '192.0.2.43'],
  ])
})
