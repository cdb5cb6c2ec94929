import type { Test } from 'tap'
import type { BypassNoticed } from '#domain/bypass-event.ts'
import type { CaptureLab } from '#test/support/capture-lab.ts'
import type { OutboxEvent } from '#test/support/outbox-events.ts'
import { arp, clientHello, dnsQuestion, tcp, tlsRecord, udp } from '#test/support/packets.ts'
import type { CaptureAgent } from './capture-agent.ts'

const TOLD_WITHIN_MS = 10_000
const ELSEWHERE = 'edge_capture_reports_total{kind="went-elsewhere"}'
const MAC_OF = (address: string): string => `02:00:5e:00:53:${address.split('.').at(-1)}`
const QUIET = '192.0.2.40'
/** The same server gets more than one question within the hour, and so do others. */
const MORE_SERVERS = Array.from({ length: 10 }, (_, i) => `198.51.100.${60 + i}`)

function ends(from: string, to: string) {
  return { from, to, fromMac: MAC_OF(from) }
}

function question(from: string, to: string): Buffer {
  return udp(ends(from, to), [40_000, 53], dnsQuestion())
}

function hello(from: string, to: string, port: number, name: string): Buffer {
  return tcp(ends(from, to), [40_000, port], tlsRecord(clientHello(name)))
}

const WAYS = [
  {
    address: '192.0.2.41',
    packet: question('192.0.2.41', '198.51.100.53'),
    sign: 'dns-elsewhere',
    sample: '198.51.100.53 port 53',
    grade: 'low',
  },
  {
    address: '192.0.2.42',
    packet: hello('192.0.2.42', '198.51.100.54', 853, 'dot.example.net'),
    sign: 'dot-elsewhere',
    sample: 'dot.example.net (198.51.100.54 port 853)',
    grade: 'medium',
  },
  {
    address: '192.0.2.43',
    packet: hello('192.0.2.43', '198.51.100.55', 443, 'dns.google'),
    sign: 'doh-elsewhere',
    sample: 'dns.google (198.51.100.55 port 443)',
    grade: 'medium',
  },
] as const

/**
 * Devices that ask another resolver, over DNS, DoT and DoH, each become one event with its evidence, within ten seconds; one that does not
 * becomes none. What is answered looks again when the agent has stopped.
 */
export async function tellsWhoGoesElsewhere(
  t: Test,
  { lab, box, source }: { lab: CaptureLab; box: CaptureAgent; source: string },
): Promise<() => void> {
  await lab.send([
    question(QUIET, '192.0.2.2'),
    question(QUIET, '198.51.100.10'),
    hello(QUIET, '198.51.100.11', 443, 'www.example.org'),
    arp(MAC_OF(QUIET), QUIET),
  ])
  await box.becomes(
    'the device to be seen',
    async () => (await box.figure('edge_capture_reports_total{kind="device-seen"}')) > 0,
  )
  t.equal(await box.figure(ELSEWHERE), 0, 'a device that goes nowhere else is not told')

  const startedMs = performance.now()
  await lab.send(WAYS.map(({ packet }) => packet))
  await box.becomes(
    'three events',
    () => WAYS.every(({ address }) => eventsOf(box, address).length > 0),
    TOLD_WITHIN_MS,
  )
  const tookMs = Math.round(performance.now() - startedMs)
  t.ok(tookMs <= TOLD_WITHIN_MS, `${source}: DNS, DoT and DoH elsewhere told after ${tookMs} ms`)
  for (const { address, sign, sample, grade } of WAYS) {
    const evidence = [{ sign, count: 1, samples: [sample] }]
    const body = { client: { address }, mac: MAC_OF(address), group: 'ks3', grade, evidence }
    t.match(eventsOf(box, address), [{ revision: 1, body }], `${sign}: one event with evidence`)
  }

  await lab.send(
    [
      WAYS.map(({ packet }) => packet),
      MORE_SERVERS.map((server) => question('192.0.2.41', server)),
    ].flat(),
  )
  await box.becomes(
    'the grade of who does so again and again',
    () => eventsOf(box, '192.0.2.41').at(-1)?.body.grade === 'medium',
    TOLD_WITHIN_MS,
  )
  return () => {
    const bodies = WAYS.map(({ address }) => eventsOf(box, address))
    t.strictSame(
      bodies.map((events) => events.length),
      [1, 1, 1],
      'more of the same within the hour is no second event',
    )
    const [dns] = bodies[0] ?? []
    t.ok((dns?.body.evidence[0]?.count ?? 0) >= MORE_SERVERS.length, 'but more evidence')
    t.match(
      dns?.body.evidence[0]?.samples,
      ['198.51.100.53 port 53', '198.51.100.60 port 53'],
      'of all',
    )
    t.strictSame(eventsOf(box, QUIET), [], 'the quiet device has no event')
  }
}

function eventsOf(box: CaptureAgent, address: string): readonly OutboxEvent<'bypass-noticed'>[] {
  return box
    .events('bypass-noticed')
    .filter(({ body }: { body: BypassNoticed }) => body.client.address === address)
}
