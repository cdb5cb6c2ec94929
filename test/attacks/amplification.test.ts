/** Nobody outside can use the box against others: what a stranger gets is small and seldom, whatever he asks. */

import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import { loadLibc } from '#platform/ffi/libc.ts'
import { optOf, queryOf, readReply, TYPE } from '#test/rfc/raw-message.ts'
import { askRaw } from '#test/support/dns-client.ts'
import { a, startFakeUpstream } from '#test/support/fake-upstream.ts'
import { startPipelineServer } from '#test/support/pipeline-server.ts'
import { makeRules } from '#test/support/test-rules.ts'
import { wireName } from '#test/support/wire-name.ts'

const CHILD = join(import.meta.dirname, 'stranger-child.ts')
const CHILD_TIMEOUT_MS = 90_000
/** Bytes out for bytes in. */
const RATIO_MAX = 3

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
