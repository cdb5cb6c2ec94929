/** A child who looks for help: answered whatever it hangs on, and nothing of it is kept or told anywhere. */

import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import t from 'tap'
import { isFailure } from '#domain/failure.ts'
import { CURATED_SETS } from '#rules/sets/sets.ts'
import { startAgentProcess } from '#test/support/agent-process.ts'
import { ask, rcodeOf } from '#test/support/dns-client.ts'
import { startRealUpstream } from '#test/support/real-upstream.ts'
import { wireName } from '#test/support/wire-name.ts'

const HELP = CURATED_SETS.find(({ id }) => id === 'protected-help')?.names[0]?.name ?? ''
/** Asked for and answered like help, and nothing hides it. */
const PLAIN = 'plain.example.org'
/** Asked for by itself it is blocked and told: so the search below would find a name. */
const CDN = 'edge7.cdn.example.org'
const RECORDS = [
  `${HELP}. 300 IN CNAME ${CDN}.`,
  `www.${HELP}. 300 IN CNAME ${CDN}.`,
  `${PLAIN}. 300 IN A 192.0.2.22`,
  `${CDN}. 300 IN A 192.0.2.21`,
  `${CDN}. 300 IN AAAA 2001:db8::21`,
]
const program = join(import.meta.dirname, '..', '..', 'src', 'cli', 'supercloud-edge')
const run = promisify(execFile)
/** What a command prints, whatever it ends with: a status without a collector is a bad one. */
const tell = (...words: readonly string[]): Promise<string> =>
  run(program, [...words]).then(
    ({ stdout }) => stdout,
    (error: { readonly stdout?: string }) => error.stdout ?? '',
  )

t.test(
  'a help site behind a CDN in a blocked category is answered and leaves no trace',
  async (t) => {
    const upstream = await startRealUpstream({ records: RECORDS })
    if (isFailure(upstream)) {
      t.plan(0, upstream.detail)
      return
    }
    t.teardown(() => upstream.stop())
    const folder = mkdtempSync(join(tmpdir(), 'edge-trace-'))
    t.teardown(() => rmSync(folder, { recursive: true, force: true }))
    const options = {
      folder,
      upstreamPorts: [upstream.port],
      config: {
        groups: { ks3: { categories: { uncategorised: 'monitor' } } },
        lists: [{ id: 'cdn', path: 'cdn.txt', format: 'domains', category: 'harm.selfharm' }],
      },
      files: { 'cdn.txt': 'cdn.example.org\n' },
      untilBlocked: CDN,
    }
    const agent = await startAgentProcess(options)
    t.teardown(() => agent.stop())
    for (const transport of ['udp', 'tcp'] as const)
      for (const name of [HELP, `www.${HELP}`, HELP.toUpperCase()])
        for (const type of ['A', 'AAAA', 'TYPE65']) {
          const reply = await ask(name, type, { port: agent.port, transport })
          t.equal(rcodeOf(reply), 0, `${name} ${type} over ${transport}`)
          if (type !== 'TYPE65') t.equal(reply.answers?.length, 2)
        }
    t.equal(rcodeOf(await ask(CDN, 'A', agent)), 3, 'the CDN itself is blocked')
    for (const transport of ['udp', 'tcp'] as const)
      t.equal(rcodeOf(await ask(PLAIN, 'A', { port: agent.port, transport })), 0)
    await sleep(1_000)
    const told = await Promise.all([
      fetch(agent.metricsUrl).then((response) => response.text()),
      tell('status', '--json', '--state', agent.stateDir),
      tell('events', '--reveal', '--reason', 'a test', '--json', '--state', agent.stateDir),
    ])
    await agent.stop()
    const found = (name: string): readonly string[] => [
      ...places(agent.stateDir)
        .filter(([, bytes]) => holds(bytes, name))
        .map(([file]) => file),
      ...told.filter((text) => holds(Buffer.from(text), name)).map(() => 'told'),
      ...(holds(Buffer.from(agent.log()), name) ? ['log'] : []),
    ]
    t.ok(found(CDN).includes('told'), 'what is blocked is in the events, so the search works')
    t.ok(
      found(CDN).some((file) => file.includes('outbox')),
      'and on the disk',
    )
    t.ok(
      found(PLAIN).some((file) => file.endsWith('answers.cache')),
      'the cache is kept on the disk',
    )
    t.same(
      found(HELP).filter((file) => !file.endsWith('rules.snapshot')),
      [],
      'nothing of the help site',
    )
    t.same(found(`www.${HELP}`), [])
  },
)

/** Every file below a folder with its bytes. */
function places(folder: string): readonly (readonly [string, Buffer])[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => [file, readFileSync(file)] as const)
}

/** As text, in any case, or in wire form. */
function holds(bytes: Buffer, name: string): boolean {
  const wire = wireName(name).toString('latin1').slice(0, -1)
  const text = bytes.toString('latin1').toLowerCase()
  return text.includes(name.toLowerCase()) || text.includes(wire.toLowerCase())
}
