import t from 'tap'
import { makeBypassDesk } from '#agent/bypass/bypass-desk.ts'
import { RogueServers } from '#agent/bypass/rogue-servers.ts'
import type { RogueServerSeen, WentElsewhere } from '#domain/capture-report.ts'
import type { EventDraft } from '#domain/event.ts'
import { parseMac } from '#domain/mac-address.ts'
import { handTime } from '#test/support/hand-time.ts'
import { MINUTE, makeWatch } from './bypass-support.ts'

const MAC = parseMac('02:00:5e:00:53:01') ?? ('' as never)

function setUp() {
  const { watch, events } = makeWatch()
  const { clock, after, advance } = handTime()
  const drafts: EventDraft[] = []
  const rogues = new RogueServers({ clock, after, emit: (draft) => drafts.push(draft) })
  const desk = makeBypassDesk({
    watch,
    rogues,
    who: ({ address, mac }) => ({
      id: mac ?? address,
      group: address.endsWith('.40') ? 'staff' : 'ks3',
    }),
    isForbidden: (group, category) => group !== 'staff' || category !== 'bypass.vpn',
  })
  return { desk, events, drafts, rogues, advance }
}

const away: WentElsewhere = {
  kind: 'went-elsewhere',
  way: 'vpn',
  sign: 'wireguard',
  address: '192.0.2.10',
  server: '203.0.113.5',
  port: 51_820,
  packets: 5,
}

t.test('IPsec is what phones call by over Wi-Fi, so it is never more than low', (t) => {
  const { desk, events } = setUp()
  for (let i = 0; i < 10; i++) desk.report({ ...away, sign: 'ipsec', port: 4500 })
  t.match(events(), [{ grade: 'low', evidence: [{ sign: 'vpn-used' }] }])
  desk.report(away)
  t.match(events(), [{ grade: 'high' }], 'another tunnel is another matter')
  t.end()
})

t.test('what a group may have is no sign, and each way on the wire is one', (t) => {
  const { desk, events } = setUp()
  desk.report({ ...away, address: '192.0.2.40' })
  t.strictSame(events(), [], 'staff may have a VPN')
  desk.report({ ...away, address: '192.0.2.40', way: 'doh', name: 'dns.example.org', port: 443 })
  desk.report(away)
  t.match(events(), [
    {
      grade: 'medium',
      evidence: [{ sign: 'doh-elsewhere', samples: ['dns.example.org (203.0.113.5 port 443)'] }],
    },
    {
      grade: 'high',
      evidence: [{ sign: 'vpn-used', count: 5, samples: ['203.0.113.5 port 51820'] }],
    },
  ])
  t.end()
})

t.test('lookups go with the device that a forwarder names, other blocks are remembered', (t) => {
  const { desk, events } = setUp()
  const lookup = {
    client: `${MAC}@192.0.2.10`,
    group: 'ks3',
    theme: 'circumvention',
    severity: 'low',
    list: 'one',
  }
  desk.lookup({ ...lookup, category: 'harm.selfharm', name: { form: 'hash', hash: 'x' } })
  for (const name of ['a.test', 'b.test', 'c.test'])
    desk.lookup({ ...lookup, category: 'bypass.proxy', name: { form: 'clear', name }, count: 2 })
  t.match(events(), [
    {
      client: { address: '192.0.2.10' },
      rule: 'search-after-block',
      evidence: [{ sign: 'proxy-looked-up', count: 6 }, { sign: 'looked-up-after-block' }],
    },
  ])
  t.equal(events()[0]?.client.address, '192.0.2.10')
  desk.silent('192.0.2.11')
  t.match(events()[1], { grade: 'low', evidence: [{ sign: 'fell-silent', samples: [] }] })
  t.end()
})

t.test(
  'a stranger that plays a server is one event an hour, and a flood of them is bounded',
  (t) => {
    const { desk, drafts, rogues, advance } = setUp()
    const seen: RogueServerSeen = {
      kind: 'rogue-server-seen',
      part: 'dhcp',
      mac: MAC,
      address: '192.0.2.66',
      detail: 'x'.repeat(1_000),
    }
    for (let second = 0; second < 120; second++) {
      desk.report(seen)
      advance(1_000)
    }
    t.equal(drafts.length, 2)
    t.match(drafts[1], { id: drafts[0]?.id, revision: 2, body: { count: 61, detail: /^x{300}$/ } })
    desk.report({ ...seen, part: 'router' })
    t.equal(drafts.length, 3, 'another part is another event')
    advance(60 * MINUTE)
    t.match(drafts[3], { id: drafts[0]?.id, revision: 3, body: { count: 120 } }, 'to its end')
    desk.report(seen)
    t.not(drafts[4]?.id, drafts[0]?.id)
    for (let i = 0; i < 300; i++) {
      const mac = parseMac(
        `02:00:5e:00:${(i >> 8).toString(16).padStart(2, '0')}:${(i & 255).toString(16).padStart(2, '0')}`,
      )
      if (mac) desk.report({ ...seen, mac })
    }
    t.ok(drafts.length <= 105)
    t.ok(rogues.notTold >= 199)
    t.end()
  },
)

t.test('the event of a stranger goes on after a restart, and loses no sighting', (t) => {
  const seen: RogueServerSeen = {
    kind: 'rogue-server-seen',
    part: 'router',
    mac: MAC,
    address: 'fe80::66',
    detail: 'prefix 2001:db8:66::/64',
  }
  const first = setUp()
  for (let i = 0; i < 3; i++) first.desk.report(seen)
  first.rogues.close()
  const [draft, last] = first.drafts
  t.match(last, { id: draft?.id, revision: 2, body: { count: 3 } }, 'told when the agent stops')
  if (!last) throw new Error('nothing was told')
  const second = setUp()
  second.advance(MINUTE)
  second.rogues.resume([{ ...last, v: 1, lane: 'operations', sequence: 1 }])
  second.desk.report(seen)
  second.rogues.close()
  t.match(second.drafts, [{ id: draft?.id, revision: 3, body: { count: 4 } }])
  const third = setUp()
  third.advance(60 * MINUTE)
  third.rogues.resume([{ ...last, v: 1, lane: 'operations', sequence: 1 }])
  third.desk.report(seen)
  t.not(third.drafts[0]?.id, draft?.id, 'not beyond its hour')
  t.end()
})
