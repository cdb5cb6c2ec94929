/** A bundle in a running agent: taken up, kept whatever becomes of its files, and missed after a restart. */
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { endorse } from '#agent/locked/publisher-key.ts'
import { ask as askAgent } from '#cli/control-client.ts'
import { readReply } from '#cli/read-reply.ts'
import { statusLines } from '#cli/status.ts'
import { type StatusReply, statusReply } from '#cli/status-reply.ts'
import { isFailure } from '#domain/failure.ts'
import { run } from '#test/cli/run.ts'
import { type AgentProcess, startAgentProcess } from '#test/support/agent-process.ts'
import { ask, ednsError, rcodeOf } from '#test/support/dns-client.ts'
import { a, cname, startFakeUpstream } from '#test/support/fake-upstream.ts'
import { makeTestPublisher } from '#test/support/locked-bundle.ts'
import { runCommand } from '#test/support/run-command.ts'
import { shortFolder } from '#test/support/short-folder.ts'

const NXDOMAIN = 3
const LINES = ['illegal.csam hidden.test', 'illegal.terror worse.test exact']
/** An agent looks each second, and takes what two looks saw alike. */
const TAKEN_UP_WITHIN_MS = 6_000

async function school(t: Test) {
  const upstream = await startFakeUpstream(({ name }) => ({
    answers: name.startsWith('alias')
      ? [cname(name, 'www.hidden.test'), a('www.hidden.test', '192.0.2.1')]
      : [a(name, '192.0.2.1')],
  }))
  t.teardown(() => upstream.close())
  const folder = shortFolder(t)
  const operator = makeTestPublisher()
  const paths = operator.handOver(folder)
  const config = { networks: [{ cidr: '127.0.0.0/8', group: 'staff' }] }
  let agent: AgentProcess | undefined
  t.teardown(() => agent?.stop())
  const start = async (): Promise<AgentProcess> => {
    agent = await startAgentProcess({ folder, upstreamPorts: [upstream.port], config })
    return agent
  }
  const stateDir = join(folder, 'state')
  /** As the command line asks, without a process each time. */
  const status = async (): Promise<StatusReply | undefined> => {
    const socket = join(stateDir, 'agent', 'agent.sock')
    const answer = await askAgent({ socket, method: 'GET', path: '/status' })
    const reply = isFailure(answer) ? answer : readReply(statusReply, answer.reply)
    return isFailure(reply) ? undefined : reply
  }
  const said = async (): Promise<string> => {
    const reply = await status()
    return reply ? statusLines(reply).join('\n') : ''
  }
  const edge = (...words: readonly string[]) => run(folder, ...words, '--state', stateDir)
  return {
    folder,
    operator,
    files: join(stateDir, 'agent'),
    start,
    edge,
    said,
    /** Of what degrades the box, what speaks of the bundle: no collector is there, which does as well. */
    reasons: async (): Promise<readonly string[]> =>
      ((await status())?.reasons ?? []).filter((reason) => /locked|illegal/.test(reason)),
    install: (bytes: Buffer, ...words: readonly string[]) => {
      writeFileSync(join(folder, 'new.bundle'), bytes)
      return runCommand(folder, 'locked', 'install', 'new.bundle', ...words, '--state', stateDir)
    },
    first: ['--publisher', paths.publisher, '--key', paths.key],
    rcode: async (name: string): Promise<number> =>
      rcodeOf(await ask(name, 'A', { port: agent?.port ?? 0 })),
    metrics: async () => (await fetch(agent?.metricsUrl ?? '')).text(),
  }
}

async function until(what: () => Promise<boolean>, title: string): Promise<void> {
  const giveUpAt = performance.now() + TAKEN_UP_WITHIN_MS
  while (!(await what())) {
    if (performance.now() > giveUpAt) throw new Error(`not in time: ${title}`)
    await sleep(100)
  }
}

t.test(
  'with none installed it says so wherever it tells how it is, and is not degraded for it',
  async (t) => {
    const { said, start, edge, reasons, metrics, rcode } = await school(t)
    const agent = await start()
    await until(async () => (await said()) !== '', 'a control socket')
    const says = /illegal-content lists not installed: not compliant/
    t.match(await said(), says)
    t.same(await reasons(), [])
    t.match(JSON.parse((await edge('status', '--json')).out), { locked: { kind: 'none' } })
    t.match(await edge('status'), { out: says })
    t.match(await edge('check', agent.configFile), { code: 0, out: says })
    t.match(agent.log(), says)
    t.match(await said(), /cannot notice illegal content/, 'canaries are no list')
    t.equal(await rcode('canary-illegal-csam.test'), NXDOMAIN)
    t.match(await metrics(), /^edge_locked_bundle_installed 0$/m)
    t.notMatch(await metrics(), /^edge_locked_bundle_(?:age_seconds|serial)[ {]/m)
  },
)

t.test(
  'a bundle is taken up while it runs, also of what is cached, and outlives its files until the restart',
  async (t) => {
    const { said, folder, operator, files, start, reasons, install, first, rcode, metrics } =
      await school(t)
    let agent = await start()
    for (const name of ['hidden.test', 'alias.example.org', 'worse.test', 'a.worse.test'])
      t.equal(await rcode(name), 0, `${name} before`)
    t.match(await install(operator.bundle(LINES, { serial: 5 }), ...first), {
      code: 0,
      out: /^installed; illegal-content list in force.*serial 5/,
    })
    // Asked all the time, so that it is in the cache, and inspected by the newest rules, when the bundle comes.
    const isTakenUp = async (): Promise<boolean> => {
      const was = await rcode('alias.example.org')
      return (await rcode('hidden.test')) === NXDOMAIN && was >= 0
    }
    await until(isTakenUp, 'the bundle')
    t.equal(await rcode('alias.example.org'), NXDOMAIN, 'behind a cached alias')
    t.equal(await rcode('worse.test'), NXDOMAIN)
    t.equal(await rcode('a.worse.test'), 0, 'exact')
    const error = ednsError(await ask('x.hidden.test', 'A', { port: agent.port }))
    t.same(error, { code: 16, text: 'blocked as the law requires' })
    t.same(await reasons(), [])
    t.match(
      await said(),
      /locked +illegal-content list in force, whole names only; publisher \S{22}, serial 5, 0 h old; child sexual abuse material 1, unlawful terrorist content 1$/m,
    )
    t.notMatch(await said(), /cannot notice illegal content/)
    t.match(
      await metrics(),
      /^edge_locked_bundle_installed 1\n[^]*^edge_locked_bundle_serial\{publisher="\S{22}"\} 5$/m,
    )
    t.match(await metrics(), /^edge_locked_bundle_names\{category="illegal.csam"\} 1$/m)

    await t.test(
      'a newer one takes its place, with a new key of an endorsed publisher',
      async (t) => {
        const next = makeTestPublisher()
        const paths = next.handOver(folder)
        const endorsements = [endorse(operator.key, next.key.publicKey)]
        const bytes = next.bundle(['illegal.csam other.test', ...LINES], {
          serial: 8,
          endorsements,
        })
        t.match(await install(bytes, '--key', paths.key), { code: 0 })
        await until(async () => (await rcode('other.test')) === NXDOMAIN, 'the newer bundle')
        t.equal(await rcode('hidden.test'), NXDOMAIN)
        t.equal(
          readdirSync(files).filter((name) => name.endsWith('.key') && name.startsWith('locked'))
            .length,
          1,
        )
        t.match(await install(operator.bundle(LINES, { serial: 9 })), {
          code: 1,
          err: /is the one that is trusted/,
        })
      },
    )

    await t.test(
      'files that go away or are damaged are told loudly, and what they held stays in force',
      async (t) => {
        const kept = join(folder, 'kept.bundle')
        const bundle = join(files, 'locked.bundle')
        const record = readFileSync(join(files, 'locked.json'), 'utf8')
        const stranger = makeTestPublisher()
        const { publicKey } = stranger.key
        writeFileSync(
          join(files, 'locked.json'),
          JSON.stringify({ v: 1, publisher: publicKey, serial: 99 }),
        )
        renameSync(bundle, kept)
        const theirs = { serial: 99, contentKey: operator.contentKey }
        writeFileSync(bundle, stranger.bundle(['illegal.csam nothing.test'], theirs))
        await until(
          async () => /is the one that is trusted/.test(await said()),
          "a stranger's record",
        )
        t.equal(await rcode('hidden.test'), NXDOMAIN)
        renameSync(kept, bundle)
        writeFileSync(join(files, 'locked.json'), record)
        await until(async () => (await reasons()).length === 0, 'all well again')
        renameSync(bundle, kept)
        await until(async () => /locked\.bundle is gone/.test(await said()), 'the fault')
        t.match(
          await said(),
          /degraded\n(?: .*\n)* +the locked bundle is in force from memory only[^]*^fault .* locked: .*memory only/m,
        )
        t.match(
          await metrics(),
          /^edge_locked_bundle_installed 1\n[^]*^edge_locked_bundle_faulty 1$/m,
        )
        t.equal(await rcode('hidden.test'), NXDOMAIN)
        writeFileSync(bundle, 'half of one')
        await until(async () => /does not begin/.test(await said()), 'the other fault')
        t.equal(await rcode('hidden.test'), NXDOMAIN)
        rmSync(bundle)
        for (const name of readdirSync(files))
          if (name.startsWith('locked')) rmSync(join(files, name))
        await until(async () => /its files are gone/.test(await said()), 'all gone')
        t.equal(await rcode('hidden.test'), NXDOMAIN, 'with nothing left on the disk')
        renameSync(kept, bundle)
        await until(async () => /locked\.json is gone/.test(await said()), 'no record')
        t.equal(await rcode('hidden.test'), NXDOMAIN, 'a bundle that nobody vouches for')
      },
    )

    await t.test('after a restart without it the box says that it is not compliant', async (t) => {
      await agent.stop()
      agent = await start()
      const says = /illegal-content lists not in force: not compliant; locked\.json is gone/
      await until(async () => says.test(await said()), 'the status')
      t.match(await reasons(), [says])
      t.match(agent.log(), says)
      t.match(
        await metrics(),
        /^edge_locked_bundle_installed 0\n[^]*^edge_locked_bundle_faulty 1$/m,
      )
      t.equal(await rcode('hidden.test'), 0, 'nobody may be told that it is in force')
    })
  },
)

t.test(
  'a bundle that was there before the start is in force from the first answer on',
  async (t) => {
    const { said, operator, files, start, install, first, rcode } = await school(t)
    t.match(await install(operator.bundle(LINES, { serial: 3 }), ...first), { code: 0 })
    let agent = await start()
    t.equal(await rcode('hidden.test'), NXDOMAIN)
    t.match(agent.log(), /illegal-content list in force/)
    await agent.kill()
    const older = operator.bundle(['illegal.csam other.test'], { serial: 2 })
    writeFileSync(join(files, 'locked.bundle'), older)
    agent = await start()
    await until(async () => /serial 2, and 3 was/.test(await said()), 'the status')
    t.equal(await rcode('other.test'), 0, 'an older one put there by hand is not taken')
  },
)

t.test('an old bundle is told of, and one that is very old degrades the box', async (t) => {
  const { said, operator, start, reasons, install, first } = await school(t)
  const aged = (hours: number, serial: number): Buffer =>
    operator.bundle(['illegal.csam hidden.test'], {
      serial,
      madeAt: Date.now() - hours * 3_600_000,
    })
  await install(aged(25, 1), ...first)
  await start()
  await until(async () => (await said()) !== '', 'a control socket')
  t.same(await reasons(), [])
  t.match(
    await said(),
    /list incomplete: not compliant; no names of unlawful terrorist content; .*25 h old; a newer one should/,
  )
  await install(aged(73, 2))
  await until(async () => (await reasons()).length === 1, 'the age')
  t.match(await said(), /degraded\n(?: .*\n)* +the locked bundle is 73 h old: ask its publisher/)
})
