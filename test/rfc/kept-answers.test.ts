/** What is kept of answers and passed on of them, asked in every way: the school's limits of TTLs, RFC 8767 and RFC 6840. */
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { askRaw } from '#test/support/dns-client.ts'
import { startEncryptedAgent } from '#test/support/encrypted-agent.ts'
import { startRawUpstream } from '#test/support/raw-upstream.ts'
import { wireName } from '#test/support/wire-name.ts'
import {
  AT_QUESTION,
  OPTION,
  optionIn,
  optOf,
  queryOf,
  readReply,
  recordOf,
  replyTo,
  TYPE,
} from './raw-message.ts'
import { startRfcServers } from './rfc-server.ts'

const AD = 0x0020
/** RFC 8767 section 5: the client's response timer. */
const PATIENCE_MS = { least: 1_700, most: 4_000 } as const
const STALE_TTL_SECONDS = 30
const STALE_ANSWER = 3
const ADDRESS = Buffer.of(192, 0, 2, 1)

let isSilent = false
const upstream = await startRawUpstream(({ message, name, reply }) => {
  if (isSilent) return
  const ttl = name.toLowerCase().includes('.week.') ? 604_800 : 1
  reply(
    replyTo(message, {
      flags: 0x81a0,
      answers: [recordOf(AT_QUESTION, TYPE.A, ttl, ADDRESS)],
    }),
  )
})
t.teardown(() => upstream.close())

t.test("the school's limits of TTLs hold in every way", async (t) => {
  const ttl = { minSeconds: 30, maxSeconds: 50, negativeMaxSeconds: 5 }
  const cacheLimits = { entriesMax: 1_000, bytesMax: 1_000_000, ttl }
  const ways = await startRfcServers(t, { upstreamPort: upstream.port, cacheLimits })
  if (typeof ways === 'string') throw new Error(ways)
  for (const [i, { title, ask }] of ways.entries())
    for (const [zone, seconds] of [
      ['short', 30],
      ['week', 50],
    ] as const)
      for (const from of ['forwarded', 'kept']) {
        const { answers } = await ask({ name: wireName(`w${i}.${zone}.test`) })
        const found = answers[0]?.ttl ?? -1
        t.ok(found <= seconds && found >= seconds - 2, `${title}: ${zone} ${from}: ${found}`)
      }
})

t.test(
  'RFC 8767 section 5: after 1.8 s of silence a client has the old answer, in every way',
  async (t) => {
    isSilent = false
    const ways = await startRfcServers(t, { upstreamPort: upstream.port, upstreamTimeoutMs: 5_000 })
    if (typeof ways === 'string') throw new Error(ways)
    for (const [i, { ask }] of ways.entries()) await ask({ name: wireName(`w${i}.stale.test`) })
    await sleep(1_200)
    isSilent = true
    await Promise.all(
      ways.map(async ({ title, ask }, i) => {
        const startedAt = performance.now()
        const reply = await ask({ name: wireName(`w${i}.stale.test`), opt: optOf() })
        const tookMs = performance.now() - startedAt
        t.ok(
          tookMs > PATIENCE_MS.least && tookMs < PATIENCE_MS.most,
          `${title}: ${tookMs.toFixed()} ms`,
        )
        t.equal(reply.answers[0]?.ttl, STALE_TTL_SECONDS, title)
        t.equal(optionIn(reply, OPTION.ede)?.readUInt16BE(0), STALE_ANSWER, title)
      }),
    )
    isSilent = false
  },
)

t.test(
  'RFC 6840 section 5.8: AD of an upstream that is trusted is passed on in every way',
  async (t) => {
    const agent = await startEncryptedAgent(t, {
      config: { upstreams: [{ address: '127.0.0.1', port: upstream.port, validates: true }] },
    })
    const ways = [
      ['udp', agent.port],
      ['tcp', agent.port],
      ['dot', agent.dotPort],
      ['doh', agent.dohPort],
      ['doh-get', agent.dohPort],
    ] as const
    for (const [transport, port] of ways)
      for (const from of ['forwarded', 'kept']) {
        const flagsOf = async (flags: number): Promise<number> => {
          const query = queryOf({ name: wireName(`${transport}.week.test`), flags })
          const reply = await askRaw(query, { port, transport })
          return reply ? readReply(reply).flags : -1
        }
        t.equal((await flagsOf(0x0100 | AD)) & AD, AD, `${transport}, ${from}: whoever asks for it`)
        t.equal((await flagsOf(0x0100)) & AD, 0, `${transport}, ${from}: and nobody else`)
      }
  },
)
