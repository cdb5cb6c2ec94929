/** `flush`: answers dropped from both caches of a real agent, and what is on its disk. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { startAgentProcess } from '#test/support/agent-process.ts'
import { ask, rcodeOf } from '#test/support/dns-client.ts'
import { startFakeUpstream } from '#test/support/fake-upstream.ts'
import { rawA, rawAnswer } from '#test/support/raw-answer.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { run } from './run.ts'

const NAMES = ['www.example.org', 'example.org', 'example.net', 'notexample.org']

t.test('a name, what is below it, everything; and kept over a restart', async (t) => {
  const folder = shortFolder(t)
  const line = { isOut: false }
  const upstream = await startFakeUpstream((_, query) =>
    line.isOut ? undefined : rawAnswer(query, { answers: [rawA(300)] }),
  )
  t.teardown(() => upstream.close())
  const options = {
    folder,
    upstreamPorts: [upstream.port],
    config: { groups: { ks3: { categories: { uncategorised: 'allow' } } } },
  }
  const agent = await startAgentProcess(options)
  t.teardown(() => agent.stop())
  const flush = (...words: readonly string[]) =>
    run(folder, 'flush', ...words, '--state', agent.stateDir)
  for (
    let i = 0;
    i < 40 && (await run(folder, 'status', '--state', agent.stateDir)).code === 3;
    i++
  )
    await sleep(100)
  const askAll = async (): Promise<readonly string[]> => {
    const before = upstream.asked.length
    for (const transport of ['udp', 'tcp'] as const) {
      for (const name of NAMES) t.equal(rcodeOf(await ask(name, 'A', { ...agent, transport })), 0)
      await sleep(250) // What one cache learns the other is told within a tenth of a second.
    }
    // Once by each cache, and the link is probed meanwhile.
    const names = new Set(upstream.asked.slice(before).map(({ name }) => name))
    return NAMES.filter((name) => names.has(name))
  }
  await sleep(500)
  await askAll()
  t.strictSame(await askAll(), [], 'all of it is known')

  const one = await flush('Example.ORG.')
  t.match(one, { code: 0, out: /^dropped of Example\.ORG\.: 1 answer by the main thread, [01] / })
  t.strictSame(await askAll(), ['example.org'], 'dropped from both')
  const below = await flush('example.org', '--below', '--json')
  t.match(JSON.parse(below.out), { main: 2 })
  t.strictSame(await askAll(), ['www.example.org', 'example.org'])
  t.match(await flush('nothing.example.org'), { code: 0, out: /: 0 answers by the main thread/ })
  t.match(await flush('--all'), { code: 0, out: /^dropped: [1-9]/ })
  t.strictSame(await askAll(), NAMES)

  const usage = /one of NAME and --all is needed/
  for (const words of [[], ['example.org', '--all'], ['--all', '--below']])
    t.match(await flush(...words), { code: 2, err: usage }, words.join(' '))
  for (const name of ['a..b', `${'x'.repeat(64)}.org`, '\u001b[31m..'])
    t.match(await flush(name), { code: 2, err: /no domain name: / }, JSON.stringify(name))

  const metrics = await fetch(agent.metricsUrl).then((response) => response.text())
  t.match(metrics, /^edge_cache_file_writes_total 0$/m)
  const file = join(agent.stateDir, 'agent', 'answers.cache')
  await agent.stop()
  t.ok(existsSync(file), 'kept at the end')
  line.isOut = true
  const again = await startAgentProcess({ ...options, port: agent.port })
  t.teardown(() => again.stop())
  await sleep(300)
  t.strictSame(await askAll(), [], 'the restart knows it still')
  t.equal((await run(folder, 'flush', '--all', '--state', again.stateDir)).code, 0)
  t.notOk(existsSync(file), 'what is dropped is not on the disk either')
  await again.stop()
  const off = { ...options.config, cache: { save: false } }
  const last = await startAgentProcess({ ...options, config: off, port: agent.port })
  t.teardown(() => last.stop())
  await sleep(500)
  t.notOk(existsSync(file), 'where it is not wanted, what there was is removed')
  await last.stop()
  t.notOk(existsSync(file), 'and nothing is written')
})
