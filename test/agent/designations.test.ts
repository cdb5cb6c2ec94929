/** Designated resolvers (RFC 9462): what devices that look for one are told, in bytes made here. */

import t from 'tap'
import { rawQuery } from '#test/fuzz/raw-query.ts'
import { askRaw } from '#test/support/dns-client.ts'
import { dig, makePair, metric, startEncryptedAgent } from '#test/support/encrypted-agent.ts'
import { until } from '#test/support/page-agent.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { wireName } from '#test/support/wire-name.ts'

const NAME = 'dns.school.test'
const SVCB = 64

for (const udp of ['batch', 'node'] as const)
  t.test(
    `RFC 9462 section 4: who asks for designated resolvers is told of ours, in every group, UDP by ${udp}`,
    async (t) => {
      const folder = shortFolder(t)
      makePair(folder, NAME)
      const agent = await startEncryptedAgent(t, {
        folder,
        udp,
        tls: { name: NAME, certificate: `${NAME}.crt`, key: `${NAME}.key` },
        config: {
          networks: [{ cidr: '127.0.0.0/8', group: 'strict' }],
          groups: { strict: { profile: 'ks3', categories: { uncategorised: 'block' } } },
        },
      })
      const rdata = (priority: number, alpn: string, port: number, path: string): Buffer =>
        Buffer.concat([
          Buffer.of(0, priority),
          wireName(NAME),
          Buffer.of(0, 1, 0, alpn.length + 1, alpn.length),
          Buffer.from(alpn),
          Buffer.of(0, 3, 0, 2, port >> 8, port & 0xff),
          Buffer.of(0, 4, 0, 4, 127, 0, 0, 1),
          ...(path ? [Buffer.of(0, 7, 0, path.length), Buffer.from(path)] : []),
        ])
      const designations = [
        rdata(1, 'dot', agent.dotPort, ''),
        rdata(2, 'h2', agent.dohPort, '/dns-query{?dns}'),
      ]
      for (const name of ['_dns.resolver.arpa', '_DNS.Resolver.ARPA', `_dns.${NAME}`])
        for (const transport of ['udp', 'tcp', 'dot', 'doh'] as const) {
          const ports = { udp: agent.port, tcp: agent.port, dot: agent.dotPort, doh: agent.dohPort }
          const at = { port: ports[transport], transport }
          const reply = await askRaw(rawQuery(wireName(name), SVCB).bytes, at)
          t.equal(reply?.readUInt16BE(6), 2, `${name} over ${transport}`)
          for (const one of designations) t.ok(reply?.includes(one))
          const none = await askRaw(rawQuery(wireName(name), 1).bytes, at)
          t.same([none?.readUInt16BE(2), none?.readUInt16BE(6)], [0x8180, 0], 'no address')
        }
      t.match(await dig(agent.port, '_dns.resolver.arpa', 'SVCB'), /alpn="dot"|alpn="h2"|\\# /)
      t.match(await dig(agent.port, NAME, 'A', '+short'), /^127\.0\.0\.1$/m)
      t.match(await dig(agent.port, NAME, 'HTTPS'), /status: NOERROR.*ANSWER: 0/s)
      t.match(await dig(agent.port, 'x.resolver.arpa', 'SVCB'), /status: NOERROR.*ANSWER: 0/s)
      const sign = 'edge_bypass_signals_total{way="ddr",group="strict"}'
      t.ok(Number.isNaN(await metric(agent, sign)), 'no sign of a way round')
    },
  )

t.test(
  'RFC 9462 section 6.4: without a certificate of its own the school names no resolver, and the question is a sign',
  async (t) => {
    const agent = await startEncryptedAgent(t, { tls: { name: NAME } })
    const reply = await askRaw(rawQuery(wireName('_dns.resolver.arpa'), SVCB).bytes, agent)
    t.same([reply?.readUInt16BE(2), reply?.readUInt16BE(6)], [0x8180, 0])
    const sign = 'edge_bypass_signals_total{way="ddr",group="ks3"}'
    await until(async () => (await metric(agent, sign)) === 1, 'the sign')
  },
)
