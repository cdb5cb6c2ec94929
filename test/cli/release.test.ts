import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { startAgentProcess } from '#test/support/agent-process.ts'
import { ask, rcodeOf } from '#test/support/dns-client.ts'
import { a, startFakeUpstream } from '#test/support/fake-upstream.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { run } from './run.ts'

/** DNS is answered before the control socket is there. */
async function untilControlled(folder: string, stateDir: string): Promise<void> {
  for (let tries = 0; tries < 40; tries++) {
    const { code } = await run(folder, 'release', '--list', '--state', stateDir)
    if (code === 0) return
    await sleep(100)
  }
  throw new Error('no control socket')
}

const CONFIG = {
  networks: [{ cidr: '127.0.0.0/8', group: 'ks3' }],
  timetable: {
    terms: [{ from: '2026-01-05', to: '2026-04-01' }],
    periods: [{ on: ['monday'], lessons: { P1: '09:00-10:00', P2: '10:00-11:00' } }],
  },
  schedules: { always: { when: '00:00-24:00' } },
  groups: {
    ks3: {
      categories: {
        'media.games': { in: 'always', action: 'block', else: 'allow' },
        'media.video': { in: 'lessons', action: 'block', else: 'allow' },
      },
    },
  },
  lists: [
    { id: 'games', path: 'games.txt', format: 'domains', category: 'media.games' },
    { id: 'video', path: 'video.txt', format: 'domains', category: 'media.video' },
  ],
  deny: [
    { name: 'denied.test', reason: 'after an incident', author: 'Head', expires: '2199-07-20' },
    { name: 'past.test', reason: 'for one term', expires: '2026-01-01T12:00' },
  ],
}

t.test(
  'a lesson is released from the command line, outlives a kill and can be ended',
  async (t) => {
    const upstream = await startFakeUpstream(({ name }) => ({ answers: [a(name, '192.0.2.1')] }))
    t.teardown(() => upstream.close())
    const folder = shortFolder(t)
    const options = {
      folder,
      upstreamPorts: [upstream.port],
      config: CONFIG,
      files: { 'games.txt': 'games.test\n', 'video.txt': 'video.test\n' },
      untilBlocked: 'denied.test',
    }
    const agent = await startAgentProcess(options)
    t.teardown(() => agent.stop())
    const { stateDir, port } = agent
    const edge = (...words: readonly string[]) => run(folder, ...words, '--state', stateDir)
    const rcode = async (name: string): Promise<number> => rcodeOf(await ask(name, 'A', { port }))
    await untilControlled(folder, stateDir)
    t.equal(await rcode('games.test'), 3)
    t.equal(await rcode('past.test'), 0, 'a school rule whose time is over')

    const what = ['--group', 'ks3', '--minutes', '50', '--reason', 'end of term quiz']
    const granted = await edge('release', '--category', 'media.games', '--who', 'Ms Test', ...what)
    t.match(granted, {
      code: 0,
      out: /^released: \S+ {2}media\.games for ks3 until .* by Ms Test: end/,
    })
    t.equal(await rcode('games.test'), 0)
    t.match(await edge('explain', 'games.test', '--group', 'ks3'), {
      out: /allow because of teacher-release.*released by Ms Test until .*"end of term quiz"/,
    })
    t.match(await edge('status'), { out: /^released .*media\.games for ks3/m })
    t.match(await edge('status'), { out: /^note .*deny past\.test is out of force since/m })
    t.match(await edge('release', '--category', 'bypass.vpn', ...what), { code: 4, err: /never/ })
    t.match(await edge('release', '--name', 'denied.test', ...what), {
      code: 4,
      err: /school-deny/,
    })
    t.match(await edge('release', '--category', 'media.games', '--group', 'ks3'), { code: 2 })
    const long = ['--group', 'ks3', '--minutes', '101', '--reason', 'a long lesson']
    t.match(await edge('release', '--category', 'media.games', ...long), { code: 2, err: /100/ })

    await agent.kill()
    t.equal(statSync(join(stateDir, 'agent', 'releases.json')).mode & 0o777, 0o600)
    const again = await startAgentProcess({ ...options, port })
    t.teardown(() => again.stop())
    t.equal(await rcode('games.test'), 0, 'after a kill')
    await untilControlled(folder, stateDir)
    const [id = ''] = (await edge('release', '--list')).out.split(' ')
    t.match(await edge('release', '--end', id), { code: 0, out: /^ended: / })
    t.equal(await rcode('games.test'), 3)
    t.match(await edge('release', '--list'), { code: 0, out: /^nothing is released/ })
    t.match(readFileSync(join(stateDir, 'agent', 'releases.json'), 'utf8'), /"releases":\[\]/)
  },
)

t.test('explain tells of any time, and check of what is over', async (t) => {
  const folder = shortFolder(t)
  const upstream = await startFakeUpstream(({ name }) => ({ answers: [a(name, '192.0.2.1')] }))
  t.teardown(() => upstream.close())
  const agent = await startAgentProcess({
    folder,
    upstreamPorts: [upstream.port],
    config: CONFIG,
    files: { 'games.txt': 'games.test\n', 'video.txt': 'video.test\n' },
    untilBlocked: 'denied.test',
  })
  t.teardown(() => agent.stop())
  await untilControlled(folder, agent.stateDir)
  const explain = (name: string, at: string) =>
    run(folder, 'explain', name, '--group', 'ks3', '--at', at, '--state', agent.stateDir)
  t.match(await explain('video.test', '2026-03-02T10:05'), {
    out: /at 2026-03-02 10:05 Europe\/London, lesson P2\n.*verdict: block because.*schedule lessons is in force; answered nxdomain.*\n$/s,
  })
  t.match(await explain('video.test', '2026-03-02T11:00'), {
    out: /no lesson\n.*verdict: allow because.*outside of lessons it is so\n$/s,
  })
  t.match(await explain('past.test', '2025-12-01T10:00'), {
    out: /verdict: block because of school-deny.*past\.test: "for one term", until 2026-01-01 12:00; answered nxdomain.*\n$/s,
  })
  t.match(await explain('www.denied.test', '2026-03-02T10:05'), {
    out: /verdict: block because of school-deny.*denied\.test: "after an incident", by Head, until 2199-07-21 00:00; answered nxdomain.*\n$/s,
  })
  t.match(await explain('past.test', 'noon'), { code: 2, err: /no such time/ })
  t.match(await run(folder, 'check', agent.configFile), {
    code: 0,
    out: /^note: deny past\.test is out of force since 2026-01-01 12:00$/m,
  })
  t.match(await run(folder, 'check', agent.configFile), {
    out: /^note: the last term of the timetable ended on 2026-04-01/m,
  })
})
