/** Lookups of ways round the filter become one event of the device, durable, also over a restart: with a real agent over real sockets. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { encode } from 'dns-packet'
import t from 'tap'
import { metricsOf, startAgentProcess } from '#test/support/agent-process.ts'
import { a, startFakeUpstream } from '#test/support/fake-upstream.ts'
import { eventsIn, type OutboxEvent } from '#test/support/outbox-events.ts'
import { until } from '#test/support/page-agent.ts'
import { shortFolder } from '#test/support/short-folder.ts'

const VPNS = ['v1.test', 'v2.test', 'v3.test', 'v4.test', 'v5.test']

async function askFrom(from: string, port: number, ...names: readonly string[]): Promise<void> {
  const socket = createSocket('udp4')
  socket.bind(0, from)
  await once(socket, 'listening')
  for (const name of names) {
    const answered = once(socket, 'message')
    socket.send(
      encode({ type: 'query', id: 7, questions: [{ type: 'A', name }] }),
      port,
      '127.0.0.1',
    )
    await answered
    // Blocked lookups of a category within a quarter of a second go with the first, name and all.
    await new Promise((resolve) => setTimeout(resolve, 600))
  }
  socket.close()
}

t.setTimeout(240_000)

t.test(
  'one event for each device, graded by what it looked up and when',
  { timeout: 220_000 },
  async (t) => {
    const fake = await startFakeUpstream(({ name }) => ({ answers: [a(name, '203.0.113.7')] }))
    t.teardown(() => fake.close())
    const options = {
      folder: shortFolder(t),
      upstreamPorts: [fake.port],
      untilBlocked: 'v1.test',
      startTimeoutMs: 120_000,
      files: { 'vpns.txt': `${VPNS.join('\n')}\n` },
      config: {
        networks: [
          { cidr: '127.0.0.0/8', group: 'ks3' },
          { cidr: '127.0.0.40/32', group: 'staff' },
        ],
        groups: { staff: { categories: { 'bypass.vpn': 'monitor' } } },
        lists: [{ id: 'vpns', path: 'vpns.txt', format: 'domains', category: 'bypass.vpn' }],
      },
    }
    const first = await startAgentProcess(options)
    await askFrom('127.0.0.30', first.port, ...VPNS.slice(0, 2))
    await askFrom('127.0.0.31', first.port, 'canary-harm-selfharm.test', ...VPNS.slice(0, 3))
    await askFrom('127.0.0.32', first.port, 'use-application-dns.net', 'mask.icloud.com')
    await askFrom('127.0.0.40', first.port, ...VPNS)
    const newest = (address: string): OutboxEvent<'bypass-noticed'> | undefined =>
      eventsIn(first.stateDir, 'bypass-noticed').findLast(
        ({ body }) => body.client.address === address,
      )
    await until(async () => newest('127.0.0.31')?.body.grade === 'medium', 'the event')
    t.match(newest('127.0.0.30'), { lane: 'operations', body: { grade: 'low', group: 'ks3' } })
    t.match(newest('127.0.0.31'), {
      body: {
        rule: 'search-after-block',
        evidence: [
          { sign: 'vpn-looked-up', count: 3, samples: VPNS.slice(0, 3) },
          { sign: 'looked-up-after-block', count: 3 },
        ],
      },
    })
    t.equal(newest('127.0.0.32'), undefined, 'devices ask these by themselves')
    t.equal(newest('127.0.0.40'), undefined, 'staff may')
    t.match(await metricsOf(first), /^edge_bypass_events_total\{grade="medium"\} 1$/m)
    t.match(await metricsOf(first), /^edge_bypass_devices\{grade="medium"\} 1$/m)
    const before = newest('127.0.0.30')
    t.equal((await first.stop()).code, 0)
    const second = await startAgentProcess({ ...options, port: first.port })
    t.teardown(() => second.stop())
    await askFrom('127.0.0.30', second.port, ...VPNS.slice(2))
    await until(async () => newest('127.0.0.30')?.body.grade === 'medium', 'the grade')
    const after = newest('127.0.0.30')
    t.match(after?.body, { rule: 'search', evidence: [{ count: 5 }] })
    t.equal(after?.id, before?.id, 'the event of before')
    t.ok((after?.revision ?? 0) > (before?.revision ?? 0))
  },
)
