/**
 * KeyTrap, NSEC3 (CVE-2023-50387, CVE-2023-50868): a zone whose every answer keeps an upstream busy for as long as it may does not keep others from
 * theirs, known or not.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { AT_QUESTION, queryOf, recordOf, replyTo, TYPE } from '#test/rfc/raw-message.ts'
import { startFloodClient } from '#test/support/flood-client.ts'
import type { PipelineServer } from '#test/support/pipeline-server.ts'
import { startRawUpstream } from '#test/support/raw-upstream.ts'
import { wireName } from '#test/support/wire-name.ts'
import { addressesOf, cannotTry, lookUp, PATHS, startPath } from './both-paths.ts'

const BURN_MS = 1_300
const ATTACK_MS = 4_000
const PER_SECOND = 300
/** Of the product: questions of one zone at once. */
const ZONE_MAX = 100
/** The target. */
const P99_MS_MAX = 50
/** A machine that is busy with other things is slow without any attack, and is compared with itself. */
const SLOWER_MAX = 4

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.floor(sorted.length * share)] ?? Number.POSITIVE_INFINITY
}

/** How long names that nobody knows yet take, sorted, for so long. */
async function waits(t: Test, server: PipelineServer, forMs: number): Promise<readonly number[]> {
  const found: number[] = []
  const untilMs = performance.now() + forMs
  while (performance.now() < untilMs) {
    const askedAtMs = performance.now()
    const reply = await lookUp(server, `www.${askedAtMs.toString(36).replace('.', '')}.example.org`)
    found.push(performance.now() - askedAtMs)
    if (addressesOf(reply).length !== 1) t.fail('no answer for another name')
    await sleep(5)
  }
  return found.toSorted((a, b) => a - b)
}

for (const { path, udp } of PATHS)
  t.test(`${path}: others are answered as ever`, { skip: cannotTry(udp) }, async (t) => {
    let burning = 0
    let most = 0
    const upstream = await startRawUpstream(({ message, name, reply }) => {
      const good = replyTo(message, {
        answers: [recordOf(AT_QUESTION, TYPE.A, 300, Buffer.of(192, 0, 2, 1))],
      })
      if (!name.toLowerCase().endsWith('.burn.test')) return reply(good)
      most = Math.max(most, ++burning)
      setTimeout(() => {
        burning -= 1
        reply(good)
      }, BURN_MS)
    })
    t.teardown(() => upstream.close())
    const server = await startPath(t, udp, {
      upstreamPort: upstream.port,
      upstreamTimeoutMs: 5_000,
      limits: {},
    })
    const calm = await waits(t, server, 1_500)
    const attackers = await Promise.all(
      ['127.0.8.1', '127.0.8.2', '127.0.8.3'].map((from) =>
        startFloodClient({ port: server.port, from }),
      ),
    )
    t.teardown(() => Promise.all(attackers.map((one) => one.close())))
    let sent = 0
    const startedMs = performance.now()
    const timer = setInterval(() => {
      const due = ((performance.now() - startedMs) / 1_000) * PER_SECOND
      for (; sent < due; sent++)
        attackers[sent % 3]?.send([queryOf({ name: wireName(`x${sent}.burn.test`) })])
    }, 10)
    const hot = await waits(t, server, ATTACK_MS)
    clearInterval(timer)
    const [before, after] = [percentile(calm, 0.99), percentile(hot, 0.99)]
    t.ok(most >= ZONE_MAX / 2, `${most} of the zone at once: it did burn`)
    t.ok(most <= ZONE_MAX)
    t.ok(
      after < Math.max(P99_MS_MAX, before * SLOWER_MAX),
      `p99 ${after.toFixed(1)} ms, ${before.toFixed(1)} ms before`,
    )
    t.ok((hot.at(-1) ?? 0) < BURN_MS, 'nobody has waited for the zone')
  })
