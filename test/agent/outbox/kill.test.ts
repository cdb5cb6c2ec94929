import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import t from 'tap'
import { key, openOutbox, pem, until } from './outbox-support.ts'
import { startSmallCollector } from './small-collector.ts'

const KILLS = 5

t.test(
  'killed without warning under load, nothing that was durable is lost and nothing comes twice',
  async (t) => {
    const collector = await startSmallCollector({ key })
    t.teardown(() => collector.close())
    const dir = t.testdir()
    writeFileSync(join(dir, 'key.pem'), pem)
    const ledger = new Set<string>()
    for (let kill = 0; kill < KILLS; kill++) {
      const child = spawn(
        process.execPath,
        [join(import.meta.dirname, 'kill-child.ts'), dir, collector.url, join(dir, 'key.pem')],
        { stdio: ['ignore', 'pipe', 'inherit'], env: {} },
      )
      createInterface({ input: child.stdout }).on('line', (id) => ledger.add(id))
      const before = ledger.size
      await until('durable events', () => ledger.size > before + 200)
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 200))
      child.kill('SIGKILL')
      await once(child, 'close')
    }
    const outbox = await openOutbox(dir, { collectorUrl: collector.url })
    t.match(outbox.previousRun(), { stop: 'unclean' })
    await until(
      'all shipped',
      () => outbox.counters().waiting === 0 && outbox.counters().shipped > 0,
      30_000,
    )
    await outbox.close()
    const arrived = collector.events('safeguarding')
    const missing = [...ledger].filter((id) => !arrived.has(id))
    t.same(missing, [], `${ledger.size} durable events over ${KILLS} kills, none missing`)
    t.equal(collector.epochs().length, 1)
    const rows = collector.rows('safeguarding')
    t.ok(
      rows.every(({ sequence }, at) => sequence === at + 1),
      'dense',
    )
    t.equal(new Set(rows.map(({ id }) => id)).size, rows.length, 'no event twice')
    const starts = collector.rows('operations').map(({ body }) => body.kind)
    t.equal(starts.filter((kind) => kind === 'agent-started').length, KILLS + 1)
  },
)
