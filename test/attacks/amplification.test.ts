/** Nobody outside can use the box against others: what a stranger gets is small and seldom, whatever he asks. */

import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import { readyBlock } from '#agent/policy/ready-block.ts'
import { loadLibc } from '#platform/ffi/libc.ts'
import {
  AT_QUESTION,
  optOf,
  queryOf,
  readReply,
  recordOf,
  replyTo,
  TYPE,
} from '#test/rfc/raw-message.ts'
import { askRaw } from '#test/support/dns-client.ts'
import { a, startFakeUpstream } from '#test/support/fake-upstream.ts'
import { startPipelineServer } from '#test/support/pipeline-server.ts'
import { startRawUpstream } from '#test/support/raw-upstream.ts'
import { makeRules } from '#test/support/test-rules.ts'
import { wireName } from '#test/support/wire-name.ts'

const CHILD = join(import.meta.dirname, 'stranger-child.ts')
const CHILD_TIMEOUT_MS = 90_000
/** Bytes out for bytes in. */
const RATIO_MAX = 3
/** A block says who decided (RFC 8914) and for how long it holds (RFC 2308), which is more than three times a short question with EDNS. */
const BLOCK_RATIO_MAX = 4

function missing(): string | false {
  if (!loadLibc()) return 'needs koffi'
  if (process.getuid?.() !== 0) return 'network namespaces take root'
  try {
    execFileSync('unshare', ['-n', 'ip', 'link', 'set', 'lo', 'up'], { stdio: 'ignore' })
    return false
  } catch {
    return 'needs network namespaces, unshare (util-linux) and ip (iproute2)'
  }
}

t.test(
  'a stranger is refused, and gets no more than three bytes for one',
  { skip: missing() },
  (t) => {
    const script = `ip link set lo up && ip addr add 192.0.2.7/32 dev lo && exec "$0" "$1"`
    const words = ['-n', 'sh', '-c', script, process.execPath, CHILD]
    const options = { encoding: 'utf8', timeout: CHILD_TIMEOUT_MS } as const
    const found: unknown = JSON.parse(execFileSync('unshare', words, options))
    if (!Array.isArray(found)) throw new Error('the child says nothing')
    t.equal(found.length, 2)
    for (const { udp, isRefused, worstRatio, floodRatio, dropped } of found) {
      t.ok(isRefused, `${udp}: REFUSED and nothing else`)
      t.ok(
        worstRatio <= RATIO_MAX,
        `${udp}: ${Number(worstRatio).toFixed(2)} bytes for one at most`,
      )
      t.ok(floodRatio <= RATIO_MAX, `${udp}: ${Number(floodRatio).toFixed(2)} in a flood`)
      t.ok(dropped >= 600, `${udp}: ${dropped} of a flood get silence`)
    }
    t.end()
  },
)

t.test(
  'of a large answer a client that did not say where it is gets 1,232 bytes at most',
  async (t) => {
    const many = Array.from({ length: 200 }, (_, i) => `192.0.2.${i}`)
    const upstream = await startFakeUpstream(({ name }) => ({
      answers: many.map((address) => a(name, address)),
    }))
    const server = await startPipelineServer({ rules: makeRules([]), upstreamPort: upstream.port })
    t.teardown(() => Promise.all([server.close(), upstream.close()]))
    const name = wireName('large.test')
    for (const type of [TYPE.A, TYPE.ANY, TYPE.TXT]) {
      const query = queryOf({ name, type, opt: optOf({ size: 65_535 }) })
      const reply = await askRaw(query, { port: server.port })
      const { isTruncated, bytes } = readReply(reply ?? query)
      t.ok(bytes.length <= 1_232)
      if (isTruncated) t.ok(bytes.length <= query.length, 'TC is no longer than the question')
    }
  },
)

/** Whoever asks in the name of one of the school's own devices, from within: the kinds of question, and what may come out for one byte. */
const LONG = Buffer.concat([Buffer.of(200), Buffer.alloc(200, 0x78)])
const KINDS: readonly (readonly [title: string, name: string, type: number, ratioMax: number])[] = [
  ['ANY', 'known.test', TYPE.ANY, RATIO_MAX],
  ['AXFR', 'known.test', TYPE.AXFR, RATIO_MAX],
  ['an address', 'known.test', TYPE.A, RATIO_MAX],
  ['a name of this machine', 'localhost', TYPE.A, RATIO_MAX],
  ['one that there is not', 'x.invalid', TYPE.A, RATIO_MAX],
  ['a blocked name', 'blocked.test', TYPE.A, BLOCK_RATIO_MAX],
  ['a blocked name, HTTPS', 'blocked.test', TYPE.HTTPS, BLOCK_RATIO_MAX],
  // What somebody has put into the DNS: no server of any name can answer it shorter than it is, but by TCP.
  ['a long text', 'long.test', TYPE.TXT, 1_232 / 26],
]

for (const form of ['nxdomain', 'nodata', 'null-address', 'refused', 'address'] as const)
  t.test(`bytes out for one in, blocks told by ${form}`, async (t) => {
    const upstream = await startRawUpstream(({ message, reply }) => {
      const isLong = message.readUInt16BE(message.indexOf(0, 12) + 1) === TYPE.TXT
      const record = isLong
        ? recordOf(AT_QUESTION, TYPE.TXT, 300, LONG)
        : recordOf(AT_QUESTION, TYPE.A, 300, Buffer.of(192, 0, 2, 1))
      reply(replyTo(message, { answers: Array.from({ length: isLong ? 5 : 1 }, () => record) }))
    })
    const page = { v4: Uint8Array.of(192, 0, 2, 80), v6: undefined }
    const server = await startPipelineServer({
      rules: makeRules([['blocked.test', 'adult.porn']]),
      upstreamPort: upstream.port,
      upstreamTimeoutMs: 1_500,
      udp: 'batch',
      answers: { block: readyBlock({ answer: form, address: page }) },
    })
    t.teardown(() => Promise.all([server.close(), upstream.close()]))
    await server.workerUp()
    for (const [title, text, type, ratioMax] of KINDS) {
      const name = wireName(text)
      const opts = [undefined, optOf({ size: 65_535 }), optOf({ size: 65_535, flags: 0x8000 })]
      let worst = 0
      for (const opt of opts)
        for (const flags of [0x0100, 0x0110]) {
          const query = queryOf({ name, type, flags, ...(opt && { opt }) })
          const reply = await askRaw(query, { port: server.port })
          t.ok(reply, title)
          worst = Math.max(worst, (reply?.length ?? 0) / query.length)
        }
      t.ok(worst <= ratioMax, `${title}: ${worst.toFixed(2)}`)
    }
  })
