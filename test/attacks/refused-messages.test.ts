/**
 * Messages that other servers have fallen over, over every transport and both ways of receiving UDP: transfers (CVE-2024-25581), NOTIFY
 * that cleared a cache (CVE-2025-59030), UPDATE, ANY against what is cached (CVE-2025-59029), handlers that throw (CVE-2024-56946).
 */

import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import {
  AT_QUESTION,
  optOf,
  type QueryFields,
  queryOf,
  type RawReply,
  RCODE,
  readReply,
  recordOf,
  replyTo,
  soaOf,
  TYPE,
  u32,
} from '#test/rfc/raw-message.ts'
import { askRaw } from '#test/support/dns-client.ts'
import { startFloodClient } from '#test/support/flood-client.ts'
import { keepConnection } from '#test/support/kept-connection.ts'
import { type PipelineServer, startPipelineServer } from '#test/support/pipeline-server.ts'
import { type RawUpstream, startRawUpstream } from '#test/support/raw-upstream.ts'
import { makeRules } from '#test/support/test-rules.ts'
import { wireName } from '#test/support/wire-name.ts'

const TRANSPORTS = ['udp', 'tcp', 'dot', 'doh', 'doh-get'] as const
const OPCODE = { notify: 4 << 11, update: 5 << 11 } as const
const NAME = wireName('www.example.org')
const RD = 0x0100
const DO = 0x8000

interface Asked {
  readonly server: PipelineServer
  readonly upstream: RawUpstream
  readonly transport: (typeof TRANSPORTS)[number]
  readonly ask: (query: QueryFields) => Promise<RawReply>
}

/** Has one address for every name, and a text. */
async function start(
  t: Test,
  udp: 'batch' | 'node',
  throwOn?: string,
): Promise<{ readonly server: PipelineServer; readonly upstream: RawUpstream }> {
  const upstream = await startRawUpstream(({ message, reply }) => {
    const type = message.readUInt16BE(message.indexOf(0, 12) + 1)
    const data =
      type === TYPE.TXT
        ? Buffer.concat([Buffer.of(200), Buffer.alloc(200, 0x78)])
        : u32(0xc000_0201)
    const isKnown = type === TYPE.A || type === TYPE.TXT
    reply(replyTo(message, isKnown ? { answers: [recordOf(AT_QUESTION, type, 300, data)] } : {}))
  })
  const server = await startPipelineServer({
    rules: makeRules([['blocked.test', 'harm.gore']]),
    upstreamPort: upstream.port,
    upstreamTimeoutMs: 1_500,
    udp,
    encrypted: true,
    ...(throwOn && { throwOn }),
  })
  t.teardown(() => Promise.all([server.close(), upstream.close()]))
  await server.workerUp()
  return { server, upstream }
}

/** One connection for all questions where it costs a handshake. */
function reach(
  { ports }: PipelineServer,
  transport: Asked['transport'],
): { readonly send: (message: Buffer) => Promise<Buffer>; readonly close: () => void } {
  const port = ports[transport === 'doh-get' ? 'doh' : transport]
  const kept =
    transport === 'udp' || transport === 'tcp' ? undefined : keepConnection(transport, port)
  const ask = kept ? kept.ask : (message: Buffer) => askRaw(message, { port, transport })
  return {
    send: async (message) => {
      const reply = await ask(message)
      if (!reply) throw new Error(`no answer over ${transport}`)
      return reply
    },
    close: () => kept?.close(),
  }
}

async function eachWay(t: Test, work: (asked: Asked, t: Test) => Promise<void>): Promise<void> {
  for (const udp of ['batch', 'node'] as const) {
    const { server, upstream } = await start(t, udp)
    for (const transport of udp === 'batch' ? TRANSPORTS : (['udp'] as const)) {
      const { send, close } = reach(server, transport)
      const ask = async (query: QueryFields): Promise<RawReply> =>
        readReply(await send(queryOf(query)))
      await t.test(`${transport}, with UDP by ${udp}`, (t) =>
        work({ server, upstream, transport, ask }, t),
      )
      close()
    }
    t.same(server.faults, [])
  }
}

const soa = soaOf('example.org', 60, 60)
const REFUSED: readonly (readonly [title: string, query: QueryFields, rcode: number])[] = [
  ['AXFR', { type: TYPE.AXFR }, RCODE.REFUSED],
  ['AXFR with EDNS', { type: TYPE.AXFR, opt: optOf() }, RCODE.REFUSED],
  ['IXFR', { type: TYPE.IXFR, authorities: [soa] }, RCODE.REFUSED],
  ['NOTIFY', { flags: OPCODE.notify, type: TYPE.SOA }, RCODE.NOTIMP],
  [
    'NOTIFY with AA and the SOA',
    { flags: OPCODE.notify | 0x0400, type: TYPE.SOA, answers: [soa] },
    RCODE.NOTIMP,
  ],
  ['UPDATE', { flags: OPCODE.update, type: TYPE.SOA }, RCODE.NOTIMP],
  [
    'UPDATE that deletes a name',
    {
      flags: OPCODE.update,
      type: TYPE.SOA,
      authorities: [recordOf(NAME, TYPE.ANY, 0, Buffer.alloc(0))],
    },
    RCODE.NOTIMP,
  ],
]

t.test('AXFR, IXFR, NOTIFY and UPDATE are refused, and take nothing out of the cache', (t) =>
  eachWay(t, async ({ upstream, ask }, t) => {
    t.equal((await ask({ name: NAME })).answers.length, 1)
    const asked = upstream.asked.length
    for (const [title, query, rcode] of REFUSED)
      for (const name of [NAME, wireName('example.org'), wireName('.')]) {
        const reply = await ask({ name, ...query })
        t.equal(reply.rcode, rcode, title)
        t.same([...reply.answers, ...reply.authorities, ...reply.additionals], [], title)
      }
    t.equal((await ask({ name: NAME })).answers.length, 1)
    t.equal(upstream.asked.length, asked, 'nothing of it went up, and the name was still known')
  }),
)

t.test('ANY against what is cached is one HINFO, whatever the flags, and spoils nothing', (t) =>
  eachWay(t, async ({ upstream, ask }, t) => {
    const known = [TYPE.A, TYPE.TXT, TYPE.AAAA]
    for (const isWarm of [false, true]) {
      for (const flags of [RD, RD | 0x10, 0])
        for (const opt of [undefined, optOf(), optOf({ flags: DO, size: 65_535 })]) {
          const { rcode, answers } = await ask({
            name: NAME,
            type: TYPE.ANY,
            flags,
            ...(opt && { opt }),
          })
          t.same([rcode, answers.map(({ type }) => type)], [RCODE.NOERROR, [TYPE.HINFO]])
        }
      if (!isWarm) for (const type of known) await ask({ name: NAME, type })
    }
    const asked = upstream.asked.length
    t.equal((await ask({ name: NAME })).answers[0]?.data.toString('hex'), 'c0000201')
    t.equal((await ask({ name: NAME, type: TYPE.TXT })).answers[0]?.data.length, 201)
    t.equal(upstream.asked.length, asked)
    t.notOk(
      upstream.asked.some(
        ({ message }) => message.readUInt16BE(message.indexOf(0, 12) + 1) === TYPE.ANY,
      ),
    )
  }),
)

for (const udp of ['batch', 'node'] as const)
  t.test(`${udp}: a handler that throws kills no listener, however often`, async (t) => {
    const { server } = await start(t, udp, 'harm.gore')
    const blocked = queryOf({ name: wireName('blocked.test') })
    const client = await startFloodClient({ port: server.port, from: '127.0.0.1' })
    t.teardown(() => client.close())
    const replies = await client.askAll(
      Array.from({ length: 500 }, () => blocked),
      0,
    )
    t.equal(replies.length, 500)
    for (const transport of TRANSPORTS) {
      const { send, close } = reach(server, transport)
      for (let i = 0; i < 20; i++) {
        // The worker leaves what it has blocked in shared memory, and what throws is the main thread, later.
        const isWorkers = transport === 'udp' && udp === 'batch'
        t.equal(readReply(await send(blocked)).rcode, isWorkers ? RCODE.NXDOMAIN : RCODE.SERVFAIL)
      }
      const next = await send(queryOf({ name: NAME }))
      t.equal(readReply(next).answers.length, 1, `${transport}: the next one`)
      close()
    }
    await sleep(200)
    const contained = 20 * (TRANSPORTS.length - (udp === 'batch' ? 1 : 0))
    // Of the worker's it is fewer than it has blocked: lookups of one client in one category fold.
    t.ok(server.faults.length > contained, `${server.faults.length} told`)
  })
