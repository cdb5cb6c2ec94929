/** What goes round a box, and who hides its school, on the page of appliances: from a signed report to HTML. */
import t from 'tap'
import type { BypassNoticed, RogueServerNoticed } from '#domain/bypass-event.ts'
import { parseMac } from '#domain/mac-address.ts'
import { makeStatus } from '#test/support/collector-client.ts'
import { runCollector } from '#test/support/running-collector.ts'
import { shortFolder } from '#test/support/short-folder.ts'

const HOSTILE = '<img src=x onerror=alert(1)>\u202e'
const mac = parseMac('02:00:5e:00:53:01')

t.test('events and the hidden school are told in words, hostile text as text', async (t) => {
  const collector = await runCollector(shortFolder(t))
  t.teardown(() => collector.close())
  const box = collector.client()
  const now = Date.now()
  const event: BypassNoticed = {
    kind: 'bypass-noticed',
    group: HOSTILE,
    client: { address: '192.0.2.10', device: HOSTILE },
    grade: 'high',
    rule: 'tunnel',
    evidence: [
      {
        sign: 'vpn-used',
        count: 1_200,
        firstAt: now,
        lastAt: now,
        samples: [HOSTILE, 'vpn.example.org'],
      },
    ],
    firstAt: now,
    lastAt: now,
  }
  if (!mac) throw new Error('no MAC address')
  const rogue: RogueServerNoticed = {
    kind: 'rogue-server-seen',
    part: 'dhcp',
    mac,
    address: '192.0.2.66',
    detail: HOSTILE,
    count: 1,
    firstAt: now,
    lastAt: now - 1,
  }
  t.equal((await box.report(event, rogue)).status, 200)
  const hiddenSchool = { address: '192.0.2.53', by: 'share', share: 0.93, since: now }
  t.ok((await box.postStatus({ ...makeStatus(box.appliance), hiddenSchool })).ok)
  const html = await (await collector.page('/appliances', await collector.signIn())).text()
  t.match(html, /A server hides the school/)
  t.match(html, /Nobody behind 192\.0\.2\.53 can be told apart: 192\.0\.2\.53 asks 93 % of all/)
  t.match(html, /DHCP option 6/)
  t.match(html, /it sends through a VPN or Tor\./)
  t.match(html, /Sent to a VPN: 1,200 packets \(.*vpn\[\.\]example\[\.\]org\)/)
  t.match(html, /192\.0\.2\.66 \(02:00:5e:00:53:01\) hands out addresses \(DHCP\)/)
  t.notMatch(html, /<img src=x/)
  t.notMatch(html, /\u202e/)
})

t.test('what is no event of ours is refused', async (t) => {
  const collector = await runCollector(shortFolder(t))
  t.teardown(() => collector.close())
  const box = collector.client()
  const at = Date.now()
  const good = {
    kind: 'bypass-noticed',
    group: 'ks3',
    client: { address: '192.0.2.10' },
    grade: 'low',
    rule: 'single-sign',
    evidence: [],
    firstAt: at,
    lastAt: at,
  }
  const post = async (change: object): Promise<number> => {
    const event = {
      v: 1,
      id: 'e1',
      revision: 1,
      at,
      lane: 'operations',
      sequence: 1,
      body: { ...good, ...change },
    }
    return (
      await box.postBatch({ v: 1, appliance: box.appliance, epoch: 'epoch-1', events: [event] })
    ).status
  }
  const sign = { sign: 'vpn-used', count: 1, firstAt: at, lastAt: at, samples: [] }
  t.equal(await post({ grade: 'worst' }), 400)
  t.equal(await post({ mac: 'no' }), 400)
  t.equal(await post({ evidence: [{ ...sign, samples: ['x'.repeat(101)] }] }), 400)
  t.equal(await post({ evidence: [{ ...sign, sign: 'other' }] }), 400)
  t.equal(await post({ rule: 'constructor' }), 200, 'of a newer box')
  const html = await (await collector.page('/appliances', await collector.signIn())).text()
  t.match(html, '192.0.2.10 in group ks3: constructor.', 'which keeps its own word')
})
