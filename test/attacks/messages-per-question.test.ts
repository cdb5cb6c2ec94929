/**
 * NXNS, NRDelegation, CacheFlush, TsuKing: what one question of a client costs the upstreams, whatever they answer.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import {
  AT_QUESTION,
  optOf,
  queryOf,
  RCODE,
  readName,
  recordOf,
  replyTo,
  TYPE,
} from '#test/rfc/raw-message.ts'
import { askRaw } from '#test/support/dns-client.ts'
import { type RawQuery, type RawUpstream, startRawUpstream } from '#test/support/raw-upstream.ts'
import { domainName, makeRules } from '#test/support/test-rules.ts'
import { wireName } from '#test/support/wire-name.ts'
import { cannotTry, PATHS, startPath } from './both-paths.ts'

const MESSAGES_MAX = 3
const ANSWER_MS = 8_000
const address = recordOf(AT_QUESTION, TYPE.A, 300, Buffer.of(192, 0, 2, 1))

function withRcode(rcode: number) {
  return ({ message, reply }: RawQuery): void => reply(replyTo(message, { flags: 0x8180 | rcode }))
}

/** By the first label: what comes over UDP. */
const MISBEHAVIOURS: Readonly<Record<string, (query: RawQuery) => void>> = {
  silent: () => undefined,
  servfail: withRcode(RCODE.SERVFAIL),
  refused: withRcode(RCODE.REFUSED),
  formerr: withRcode(RCODE.FORMERR),
  notimp: withRcode(RCODE.NOTIMP),
  truncated: ({ message, reply }) => reply(replyTo(message, { flags: 0x8380, answers: [address] })),
  long: ({ message, reply }) => {
    const filling = recordOf(AT_QUESTION, 65_280, 300, Buffer.alloc(1_300))
    reply(replyTo(message, { answers: [address, filling] }))
  },
  unsound: ({ message, reply }) => reply(replyTo(message, { answers: [address.subarray(0, -2)] })),
  'wrong-id': ({ message, reply }) => {
    const forged = replyTo(message, { answers: [address] })
    forged.writeUInt16BE(forged.readUInt16BE(0) ^ 1, 0)
    reply(forged)
  },
  'wrong-case': ({ message, reply }) => {
    const forged = replyTo(message, { answers: [address] })
    forged[13]! ^= 0x20
    reply(forged)
  },
  late: ({ message, reply }) =>
    void setTimeout(() => reply(replyTo(message, { answers: [address] })), 2_500),
  'slow-failure': (query) => void setTimeout(() => withRcode(RCODE.SERVFAIL)(query), 1_000),
  // A delegation to many servers, with no address of any: nobody here follows it.
  referral: ({ message, reply }) => {
    const authorities = Array.from({ length: 25 }, (_, i) =>
      recordOf(AT_QUESTION, TYPE.NS, 300, wireName(`ns${i}.victim.test`)),
    )
    reply(replyTo(message, { authorities }))
  },
  'self-glue': ({ message, reply }) =>
    reply(
      replyTo(message, {
        authorities: [recordOf(AT_QUESTION, TYPE.NS, 300, AT_QUESTION)],
        additionals: [address],
      }),
    ),
}

/** Over TCP: nobody listens, silence, or the same trouble. */
const TCP = {
  none: undefined,
  silent: () => undefined,
  failing: (message: Buffer) => replyTo(message, { flags: 0x8182 }),
} as const

/** All messages of all upstreams about a name, over UDP and TCP. */
function messagesAbout(upstreams: readonly RawUpstream[], name: string): number {
  return upstreams
    .flatMap(({ asked, askedByTcp }) => [...asked.map(({ message }) => message), ...askedByTcp])
    .filter((message) => readName(message, 12).text.toLowerCase() === name).length
}

for (const { path, udp } of PATHS)
  for (const [tcp, answerTcp] of Object.entries(TCP))
    t.test(
      `${path}: at most three messages for a question, TCP ${tcp}`,
      { skip: cannotTry(udp) },
      async (t) => {
        const take = (query: RawQuery): void =>
          MISBEHAVIOURS[query.name.toLowerCase().split('.')[0] ?? '']?.(query)
        const upstreams = [
          await startRawUpstream(take, answerTcp),
          await startRawUpstream(take, answerTcp),
        ] as const
        t.teardown(() => Promise.all(upstreams.map((one) => one.close())))
        const [first, second] = upstreams
        const alone = await startPath(t, udp, { upstreamPort: first.port })
        const both = await startPath(t, udp, {
          upstreamPort: first.port,
          otherUpstreamPort: second.port,
        })
        const asks = Object.keys(MISBEHAVIOURS).flatMap((kind) => [
          { server: alone, name: `${kind}.alone.test` },
          { server: both, name: `${kind}.both.test` },
        ])
        const replies = await Promise.all(
          asks.map(({ server, name }) => {
            const query = queryOf({ name: wireName(name), opt: optOf() })
            return askRaw(query, { port: server.port, timeoutMs: ANSWER_MS })
          }),
        )
        // What may still come up late.
        await sleep(1_000)
        for (const [i, { name }] of asks.entries()) {
          t.ok(replies[i], `${name} is answered`)
          const sent = messagesAbout(upstreams, name)
          t.ok(sent >= 1 && sent <= MESSAGES_MAX, `${name}: ${sent} messages`)
        }
        for (const name of ['referral.later.test', 'self-glue.later.test']) {
          await askRaw(queryOf({ name: wireName(name) }), {
            port: alone.port,
            timeoutMs: ANSWER_MS,
          })
          t.equal(messagesAbout(upstreams, name), 1, `${name}: no delegation is followed`)
        }
      },
    )

for (const { path, udp } of PATHS)
  t.test(`${path}: a safe name that fails costs no more`, { skip: cannotTry(udp) }, async (t) => {
    const upstream = await startRawUpstream(() => undefined)
    t.teardown(() => upstream.close())
    const rules = makeRules([
      ['search.test', { kind: 'rewrite', service: 'safesearch', target: domainName('safe.test') }],
    ])
    const server = await startPath(t, udp, { upstreamPort: upstream.port, rules })
    for (const flags of [0, 0x8000]) {
      const before = upstream.asked.length
      const query = queryOf({ name: wireName('search.test'), opt: optOf({ flags }) })
      await askRaw(query, { port: server.port, timeoutMs: ANSWER_MS })
      t.ok(upstream.asked.length - before <= MESSAGES_MAX)
    }
  })
