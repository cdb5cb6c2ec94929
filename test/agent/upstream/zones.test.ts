/** Conditional forwarding, seen by clients of a whole agent: who is asked for what, and what of an answer is used. */
import { readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { type AgentProcess, startAgentProcess } from '#test/support/agent-process.ts'
import { ask, ednsError, type Reply, rcodeOf } from '#test/support/dns-client.ts'
import {
  a,
  cname,
  type FakeUpstream,
  type Script,
  startFakeUpstream,
} from '#test/support/fake-upstream.ts'
import { shortFolder } from '#test/support/short-folder.ts'

const NXDOMAIN = 3
const SERVFAIL = 2
const OUTSIDE = '192.0.2.1'
const INSIDE = '10.1.2.3'

interface School {
  readonly agent: AgentProcess
  /** Asked for everything that is in no zone. */
  readonly world: FakeUpstream
  /** The zone corp.example.org, reverse zones and corp.local. */
  readonly corp: FakeUpstream
  /** The zone lab.corp.example.org within it, which may not have private addresses. */
  readonly lab: FakeUpstream
}

const worldScript: Script = ({ name }) => {
  // A public name that leads into the zone, with an address of the forger's choice for the zone's name.
  if (name === 'lead-in.example.org')
    return {
      answers: [cname(name, 'intra.corp.example.org'), a('intra.corp.example.org', '203.0.113.66')],
    }
  return { answers: [a(name, OUTSIDE)] }
}

const corpScript: Script = ({ name, type }) => {
  if (type === 'PTR')
    return { answers: [{ type: 'PTR', name, ttl: 60, data: 'pc.corp.example.org' }] }
  if (type === 'SRV')
    return {
      answers: [
        { type: 'SRV', name, ttl: 60, data: { port: 389, target: 'dc1.corp.example.org' } },
      ],
    }
  if (name === 'cloud.corp.example.org')
    return { answers: [cname(name, 'portal.example.org'), a('portal.example.org', '203.0.113.66')] }
  if (name === 'round.corp.example.org') return { answers: [cname(name, 'lead-in.example.org')] }
  if (name === 'poison.corp.example.org')
    return {
      answers: [a(name, INSIDE), a('www.example.org', '203.0.113.66')],
      authorities: [{ type: 'NS', name: 'org', ttl: 600, data: 'ns.evil.test' }],
      additionals: [a('ns.evil.test', '203.0.113.66'), a('www.example.org', '203.0.113.66')],
    }
  return { answers: [a(name, INSIDE)] }
}

async function startSchool(t: Test, udp: 'batch' | 'node'): Promise<School> {
  const [world, corp, lab] = [
    await startFakeUpstream(worldScript),
    await startFakeUpstream(corpScript),
    await startFakeUpstream(({ name }) => ({ answers: [a(name, '10.9.9.9')] })),
  ]
  t.teardown(() => Promise.all([world.close(), corp.close(), lab.close()]))
  const own = [{ address: '127.0.0.1', port: corp.port }]
  const agent = await startAgentProcess({
    folder: shortFolder(t),
    upstreamPorts: [world.port],
    udp,
    config: {
      zones: [
        { zone: 'corp.example.org', upstreams: own, 'allow-private': true },
        { zone: 'lab.corp.example.org', upstreams: [{ address: '127.0.0.1', port: lab.port }] },
        { zone: '10.in-addr.arpa', upstreams: own },
        { zone: 'corp.local', upstreams: own, 'allow-private': true },
      ],
      deny: [
        { name: 'games.corp.example.org', reason: 'not here' },
        { name: 'first.test', reason: 'told when the rules are in force' },
      ],
    },
    untilBlocked: 'first.test',
  })
  t.teardown(() => agent.stop())
  return { agent, world, corp, lab }
}

function addressesOf(reply: Reply): readonly unknown[] {
  return (reply.answers ?? []).flatMap((one) => (one.type === 'A' ? [one.data] : []))
}

function sawName({ asked }: FakeUpstream, name: string): boolean {
  return asked.some((one) => one.name === name)
}

for (const udp of ['batch', 'node'] as const)
  t.test(`zones, UDP by ${udp}`, { timeout: 110_000 }, async (t) => {
    const { agent, world, corp, lab } = await startSchool(t, udp)

    await t.test('the longest zone says who is asked', async (t) => {
      for (const name of ['intra.corp.example.org', 'corp.example.org', 'x.y.corp.example.org']) {
        t.same(addressesOf(await ask(name, 'A', agent)), [INSIDE], name)
        t.ok(sawName(corp, name), name)
        t.notOk(sawName(world, name), `${name} leaves the site to nobody else`)
      }
      const outside = ['www.example.org', 'notcorp.example.org', 'corp.example.org.test']
      for (const name of outside) {
        t.same(addressesOf(await ask(name, 'A', agent)), [OUTSIDE], name)
        t.notOk(sawName(corp, name), name)
      }
      await ask('dc.lab.corp.example.org', 'A', agent)
      t.ok(sawName(lab, 'dc.lab.corp.example.org'))
      t.notOk(sawName(corp, 'dc.lab.corp.example.org'))
    })

    await t.test('private addresses are for the zone that may have them', async (t) => {
      t.equal(rcodeOf(await ask('pc.lab.corp.example.org', 'A', agent)), NXDOMAIN)
      t.same(addressesOf(await ask('pc.corp.example.org', 'A', agent)), [INSIDE])
    })

    await t.test('names of Active Directory, reverse names and names below local', async (t) => {
      const srv = await ask('_ldap._tcp.dc._msdcs.corp.example.org', 'SRV', agent)
      t.match(srv.answers, [{ type: 'SRV', data: { target: 'dc1.corp.example.org' } }])
      const ptr = await ask('3.2.1.10.in-addr.arpa', 'PTR', agent)
      t.match(ptr.answers, [{ type: 'PTR', data: 'pc.corp.example.org' }])
      t.same(addressesOf(await ask('pc.corp.local', 'A', agent)), [INSIDE])
      const others = ['1.1.168.192.in-addr.arpa', 'printer.local', 'x.10.in-addr.arpa.invalid']
      for (const name of others) t.equal(rcodeOf(await ask(name, 'PTR', agent)), NXDOMAIN, name)
    })

    await t.test('policy counts in a zone as everywhere', async (t) => {
      const reply = await ask('games.corp.example.org', 'A', agent)
      t.equal(rcodeOf(reply), NXDOMAIN)
      t.equal(ednsError(reply)?.code, 17)
      t.notOk(sawName(corp, 'games.corp.example.org'))
    })

    await t.test('an alias out of a zone is followed by asking who is responsible', async (t) => {
      const reply = await ask('cloud.corp.example.org', 'A', agent)
      t.match(reply.answers, [
        { type: 'CNAME', data: 'portal.example.org' },
        { type: 'A', name: 'portal.example.org', data: OUTSIDE },
      ])
      t.ok(sawName(world, 'portal.example.org'))
      const into = await ask('lead-in.example.org', 'A', agent)
      t.notOk(addressesOf(into).includes('203.0.113.66'), 'nor is the outside believed of the zone')
      t.ok(sawName(corp, 'intra.corp.example.org'))
      t.equal(rcodeOf(into), NXDOMAIN, 'an outside name with an inside address')
    })

    await t.test('aliases between a zone and the outside end', async (t) => {
      const reply = await ask('round.corp.example.org', 'A', agent)
      t.ok([0, SERVFAIL, NXDOMAIN].includes(rcodeOf(reply)))
    })

    await t.test('what nobody asked for is neither passed on nor kept', async (t) => {
      const reply = await ask('poison.corp.example.org', 'A', agent)
      t.match(reply.answers, [{ name: 'poison.corp.example.org', data: INSIDE }])
      t.equal(reply.answers?.length, 1)
      t.equal(reply.authorities?.length, 0)
      t.same(
        reply.additionals?.map(({ type }) => type),
        ['OPT'],
      )
      t.same(addressesOf(await ask('www.example.org', 'A', agent)), [OUTSIDE])
    })

    await t.test('a zone that comes, and goes, takes its answers with it', async (t) => {
      const name = 'www.moved.example.org'
      t.same(addressesOf(await ask(name, 'A', agent)), [OUTSIDE])
      await ask(name, 'A', { ...agent, transport: 'tcp' })
      const before = JSON.parse(readFileSync(agent.configFile, 'utf8'))
      const moved = {
        zone: 'moved.example.org',
        upstreams: [{ address: '127.0.0.1', port: corp.port }],
        'allow-private': true,
      }
      for (const [zones, address] of [
        [[...before.zones, moved], INSIDE],
        [before.zones, OUTSIDE],
      ] as const) {
        writeFileSync(agent.configFile, JSON.stringify({ ...before, zones }))
        process.kill(agent.pid, 'SIGHUP')
        for (const transport of ['udp', 'tcp'] as const) {
          const untilMs = performance.now() + 8_000
          let found: readonly unknown[] = []
          while (found[0] !== address && performance.now() < untilMs) {
            await sleep(100)
            found = addressesOf(await ask(name, 'A', { ...agent, transport }))
          }
          t.same(found, [address], `${transport} after the change`)
        }
      }
    })
  })
