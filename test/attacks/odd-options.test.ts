/** EDNS options more than once, in pairs and out of shape (CVE-2026-42944): each query gets one answer that is sound, and no option twice. */

import t from 'tap'
import {
  OPTION,
  optionOf,
  optOf,
  queryOf,
  type RawReply,
  RCODE,
  readReply,
} from '#test/rfc/raw-message.ts'
import { askRaw } from '#test/support/dns-client.ts'
import { startFakeUpstream } from '#test/support/fake-upstream.ts'
import { startFloodClient } from '#test/support/flood-client.ts'
import { keepConnection } from '#test/support/kept-connection.ts'
import { startPipelineServer } from '#test/support/pipeline-server.ts'
import { makeRules } from '#test/support/test-rules.ts'
import { wireName } from '#test/support/wire-name.ts'

/** LLQ, UL, NSID, DAU, DHU, N3U, ECS, EXPIRE, cookie, keepalive, padding, CHAIN, key tag, EDE, tags, report channel, zone version, and two that nobody has. */
const CODES = [
  0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 65_001, 65_535,
]
const ZEROS = (length: number): Buffer => Buffer.alloc(length, 1)
const LENGTHS = [0, 1, 8, 24, 40]
const FREE = { clientQueriesPerSecond: 1_000_000, clientQueryBurst: 1_000_000 }
const AT_ONCE = 400

const name = wireName('localhost')
const withOptions = (...options: readonly Buffer[]): Buffer =>
  queryOf({ name, opt: optOf({ options }) })

/** Every pair of codes in both orders, the same twice among them. */
const PAIRS = CODES.flatMap((first) =>
  CODES.flatMap((second) =>
    [0, 8].map((length) =>
      withOptions(optionOf(first, ZEROS(length)), optionOf(second, ZEROS(length))),
    ),
  ),
)
const ALONE = CODES.flatMap((code) =>
  LENGTHS.flatMap((length) =>
    [1, 2, 50].map((count) =>
      withOptions(...Array.from({ length: count }, () => optionOf(code, ZEROS(length)))),
    ),
  ),
)
const ALL = withOptions(
  ...CODES.map((code) => optionOf(code, ZEROS(code === OPTION.cookie ? 8 : 0))),
)

/** What is wrong with an answer. */
function wrongWith({ rcode, opt }: RawReply): string | undefined {
  if (rcode !== RCODE.NOERROR && rcode !== RCODE.FORMERR) return `rcode ${rcode}`
  const codes = opt?.options.map(({ code }) => code) ?? []
  if (new Set(codes).size !== codes.length) return `an option twice: ${codes.join(', ')}`
  const known: readonly number[] = [OPTION.cookie, OPTION.ede, OPTION.padding, OPTION.keepalive]
  return codes.every((code) => known.includes(code)) ? undefined : `options ${codes.join(', ')}`
}

for (const udp of ['batch', 'node'] as const)
  t.test(`${udp}: options in pairs, and one option again and again`, async (t) => {
    const upstream = await startFakeUpstream(() => undefined)
    const rules = makeRules([])
    const options = { rules, upstreamPort: upstream.port, udp, limits: FREE, encrypted: true }
    const server = await startPipelineServer(options)
    t.teardown(() => Promise.all([server.close(), upstream.close()]))
    await server.workerUp()
    const client = await startFloodClient({ port: server.port, from: '127.0.0.1' })
    t.teardown(() => client.close())
    const queries = [...PAIRS, ...ALONE, ALL]
    for (let from = 0; from < queries.length; from += AT_ONCE)
      await client.askAll(queries.slice(from, from + AT_ONCE), 0)
    t.equal(client.replies.length, queries.length, 'one answer to each')
    const wrong = client.replies.flatMap(({ bytes }) => wrongWith(readReply(bytes)) ?? [])
    t.same(wrong, [])
    for (const transport of ['dot', 'doh'] as const) {
      const connection = keepConnection(transport, server.ports[transport])
      for (const query of ALONE.slice(0, 80)) {
        const reply = await connection.ask(query)
        t.equal(reply && wrongWith(readReply(reply)), undefined, transport)
      }
      connection.close()
    }
    for (const query of [...ALONE.slice(-15), ALL]) {
      const reply = await askRaw(query, { port: server.port, transport: 'tcp' })
      t.equal(reply && wrongWith(readReply(reply)), undefined, 'tcp')
    }
    t.same(server.faults, [])
  })
