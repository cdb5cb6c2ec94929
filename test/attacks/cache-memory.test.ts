/** Answers that are many, or long, take no more memory than they may (CVE-2024-25590 and its like). */

import t from 'tap'
import { optOf, queryOf, RCODE, readReply } from '#test/rfc/raw-message.ts'
import { askRaw } from '#test/support/dns-client.ts'
import { startFakeUpstream } from '#test/support/fake-upstream.ts'
import { startFloodClient } from '#test/support/flood-client.ts'
import { startPipelineServer } from '#test/support/pipeline-server.ts'
import { makeRules } from '#test/support/test-rules.ts'
import { wireName } from '#test/support/wire-name.ts'

const NAMES = 3_000
const AT_ONCE = 90
/** What the server of the test may keep. */
const ENTRIES_MAX = 1_000
const BYTES_MAX = 1_000_000
const LONG_TEXTS = Array.from({ length: 230 }, () => 'x'.repeat(250))

const FREE = {
  clientQueriesPerSecond: 1_000_000,
  clientQueryBurst: 1_000_000,
  zoneMissesPerSecond: 1_000_000,
  zoneQuestionsInFlight: 1_000,
}

t.test('unique names push out older ones; 64 KiB pass and are not kept', async (t) => {
  const upstream = await startFakeUpstream(({ name, transport }) => {
    if (!name.startsWith('long'))
      return { answers: [{ type: 'TXT', name, ttl: 300, data: 'x'.repeat(200) }] }
    return transport === 'udp'
      ? { flags: 0x0380 }
      : { answers: LONG_TEXTS.map((data) => ({ type: 'TXT', name, ttl: 300, data })) }
  })
  const options = { rules: makeRules([]), upstreamPort: upstream.port, limits: FREE }
  const server = await startPipelineServer({ ...options, upstreamTimeoutMs: 3_000 })
  t.teardown(() => Promise.all([server.close(), upstream.close()]))
  const client = await startFloodClient({ port: server.port, from: '127.0.5.1' })
  t.teardown(() => client.close())
  for (let from = 0; from < NAMES; from += AT_ONCE) {
    const names = Array.from({ length: AT_ONCE }, (_, i) => wireName(`n${from + i}.unique.test`))
    await client.askAll(
      names.map((name) => queryOf({ name, type: 16, opt: optOf() })),
      0,
    )
    t.ok(server.cache.size <= ENTRIES_MAX)
    t.ok(server.cache.sizeBytes <= BYTES_MAX)
  }
  t.equal(client.replies.length, Math.ceil(NAMES / AT_ONCE) * AT_ONCE, 'all answered')
  const before = server.cache.sizeBytes
  for (let i = 0; i < 20; i++) {
    const query = queryOf({ name: wireName(`long${i}.test`), type: 16 })
    const reply = await askRaw(query, { port: server.port, transport: 'tcp', timeoutMs: 5_000 })
    const { rcode, answers } = readReply(reply ?? query)
    t.equal(rcode, RCODE.NOERROR)
    t.equal(answers.length, LONG_TEXTS.length)
  }
  t.ok(server.cache.sizeBytes <= before, 'none of them is kept')
})
