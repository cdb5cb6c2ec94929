/** Whom a query is answered for where the sender asks for others: over each transport, by option or by an endpoint of its own. */
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { optionOf, optOf, queryOf, readReply, u16 } from '#test/rfc/raw-message.ts'
import { type AgentProcess, startAgentProcess } from '#test/support/agent-process.ts'
import { askRaw } from '#test/support/dns-client.ts'
import { a, startFakeUpstream } from '#test/support/fake-upstream.ts'
import { startFloodClient } from '#test/support/flood-client.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { wireName } from '#test/support/wire-name.ts'

const NXDOMAIN = 3
const STAFF_MAC = Buffer.from('00005e005301', 'hex')
const PUPIL_MAC = Buffer.from('00005e005302', 'hex')
const MAC_OPTION = 65_001
const SUBNET_OPTION = 8
const FORWARDER = '127.0.0.2'
const STRANGER = '127.0.0.3'

const forwarded: Buffer[] = []
const upstream = await startFakeUpstream(({ name, type }, query) => {
  // The agent probes its upstreams as well.
  if (name.startsWith('fresh')) forwarded.push(query)
  return { answers: type === 'A' ? [a(name, '192.0.2.80')] : [] }
})
t.teardown(() => upstream.close())

function subnetOf(address: string, prefix = 32): Buffer {
  const bytes = Buffer.from(address.split('.').map(Number))
  return optionOf(SUBNET_OPTION, Buffer.concat([u16(1), Buffer.of(prefix, 0), bytes]))
}

/** Social networks are blocked for all but staff. */
const CONFIG = {
  networks: [
    { cidr: '127.0.0.0/8', group: 'ks3' },
    { cidr: '192.0.2.0/24', group: 'ks3' },
    { cidr: '198.51.100.0/24', group: 'staff' },
  ],
  deny: [{ name: 'chat.test', reason: 'a test', groups: ['ks3'] }],
  identity: {
    neighbours: false,
    names: { reverse: false },
    devices: [
      { mac: '00:00:5e:00:53:01', name: 'staff laptop', group: 'staff' },
      { address: '192.0.2.30', group: 'staff' },
    ],
    forwarders: [{ from: FORWARDER, trust: ['client-subnet', 'mac'] }],
  },
}

async function startAgent(t: Test, udp: 'batch' | 'node'): Promise<AgentProcess> {
  const agent = await startAgentProcess({
    folder: shortFolder(t),
    upstreamPorts: [upstream.port],
    udp,
    addresses: ['127.0.0.1'],
    config: CONFIG,
    untilBlocked: 'chat.test',
  })
  t.teardown(() => agent.stop())
  return agent
}

async function rcodeFrom(from: string, port: number, options: readonly Buffer[]): Promise<number> {
  const client = await startFloodClient({ port, from })
  const query = queryOf({ name: wireName('chat.test'), opt: optOf({ options: [...options] }) })
  const [reply] = await client.askAll([query], 0)
  await client.close()
  return reply ? readReply(reply.bytes).rcode : -1
}

for (const udp of ['batch', 'node'] as const)
  t.test(`${udp}: a declared forwarder asks for the device that it names`, async (t) => {
    const agent = await startAgent(t, udp)
    const of = (from: string, ...options: readonly Buffer[]): Promise<number> =>
      rcodeFrom(from, agent.port, options)
    t.equal(await of(FORWARDER), NXDOMAIN, 'by itself it is in its network')
    t.equal(await of(FORWARDER, optionOf(MAC_OPTION, STAFF_MAC)), 0, 'the MAC of a teacher')
    t.equal(await of(FORWARDER, optionOf(MAC_OPTION, PUPIL_MAC)), NXDOMAIN, 'that of a pupil')
    t.equal(await of(FORWARDER, subnetOf('192.0.2.30')), 0, 'an address of staff')
    t.equal(await of(FORWARDER, subnetOf('198.51.100.7')), 0, 'a network of staff')
    t.equal(await of(FORWARDER, subnetOf('192.0.2.31')), NXDOMAIN, 'an address of a pupil')
    t.equal(await of(FORWARDER, subnetOf('198.51.100.0', 24)), NXDOMAIN, 'no one address: nobody')
    t.equal(await of(FORWARDER, subnetOf('8.8.8.8')), NXDOMAIN, 'a foreign address: the forwarder')
    t.equal(await of(FORWARDER, optionOf(MAC_OPTION, Buffer.alloc(6, 0xff))), NXDOMAIN, 'no MAC')
    for (const option of [optionOf(MAC_OPTION, STAFF_MAC), subnetOf('192.0.2.30')])
      t.equal(await of(STRANGER, option), NXDOMAIN, 'nobody else is believed')
  })

t.test('over TCP as well', async (t) => {
  const agent = await startAgent(t, 'batch')
  const option = optionOf(MAC_OPTION, STAFF_MAC)
  const query = queryOf({ name: wireName('chat.test'), opt: optOf({ options: [option] }) })
  const reply = await askRaw(query, { port: agent.port, transport: 'tcp' })
  t.equal(reply && readReply(reply).rcode, NXDOMAIN, '127.0.0.1 is no forwarder')
})

t.test('what a client says of itself never goes upstream', async (t) => {
  const agent = await startAgent(t, 'batch')
  const before = forwarded.length
  for (const [i, from] of [FORWARDER, STRANGER].entries()) {
    const client = await startFloodClient({ port: agent.port, from })
    const options = [subnetOf('192.0.2.30'), optionOf(MAC_OPTION, STAFF_MAC)]
    const name = wireName(`fresh${i}.example.org`)
    await client.askAll([queryOf({ name, opt: optOf({ options }) })], 0)
    await client.close()
  }
  await sleep(50)
  const told = forwarded.slice(before)
  t.equal(told.length, 2)
  for (const bytes of told) {
    t.notOk(bytes.includes(STAFF_MAC), 'no MAC')
    t.notOk(bytes.includes(subnetOf('192.0.2.30').subarray(0, 4)), 'no subnet')
  }
})
